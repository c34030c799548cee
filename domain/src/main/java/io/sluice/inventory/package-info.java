/**
 * Parts, places and stock: the decisions about movements and thresholds as pure functions, the events that they bring
 * about, and the ports by which they are kept. Must not know how anything is stored or reached.
 */
@NullMarked
package io.sluice.inventory;

import org.jspecify.annotations.NullMarked;
