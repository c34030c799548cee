/** Imports in PostgreSQL: their files in pieces, their lines, and the rounds that carry them out under a lease. */
@NullMarked
package io.sluice.imports.postgres;

import org.jspecify.annotations.NullMarked;
