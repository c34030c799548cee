/**
 * The cache in two levels: Caffeine in front of Redis. Knows no feature that is cached; what it holds may vanish at
 * any time.
 */
@NullMarked
package io.sluice.cache.redis;

import org.jspecify.annotations.NullMarked;
