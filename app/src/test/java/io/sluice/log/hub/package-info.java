/** Rings, tails and cursors by themselves: a scripted log, a scripted connection, no server. */
@NullMarked
package io.sluice.log.hub;

import org.jspecify.annotations.NullMarked;
