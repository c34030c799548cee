/**
 * Redis itself: the client and its guards, the probe, the embedded server. Knows no feature. Nothing that must stay
 * true is kept here.
 */
@NullMarked
package io.sluice.redis;

import org.jspecify.annotations.NullMarked;
