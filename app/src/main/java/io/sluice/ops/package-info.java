/**
 * How a node is doing: health, metrics, pools. Reads what the other rooms show of themselves, and changes nothing in
 * them.
 */
@NullMarked
package io.sluice.ops;

import org.jspecify.annotations.NullMarked;
