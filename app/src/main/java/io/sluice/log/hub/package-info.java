/**
 * This node's live side of the log: one tail and one ring for each followed tenant, events encoded once, a cursor for
 * each stream, drained by one task for each event loop and turn. Knows no transport: those bring an {@link
 * io.sluice.log.hub.Outlet}.
 */
@NullMarked
package io.sluice.log.hub;

import org.jspecify.annotations.NullMarked;
