/** Tenants, accounts, grants, sessions, guards and sealed keys in PostgreSQL. */
@NullMarked
package io.sluice.access.postgres;

import org.jspecify.annotations.NullMarked;
