/**
 * The cache as everyone reads through it: keys, policies, and what makes an entry stale. Knows no feature that is
 * cached and no technology that keeps it.
 */
@NullMarked
package io.sluice.cache;

import org.jspecify.annotations.NullMarked;
