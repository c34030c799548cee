/** Inventory in PostgreSQL: the catalogue, the rows, the ledger of movements, the reads. */
@NullMarked
package io.sluice.inventory.postgres;

import org.jspecify.annotations.NullMarked;
