/**
 * The tenant's log: events at dense positions, the hash chain over them, topics, and the ports by which they are
 * committed and read. Knows no feature that writes events.
 */
@NullMarked
package io.sluice.log;

import org.jspecify.annotations.NullMarked;
