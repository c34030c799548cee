/** The log in PostgreSQL: units of work, dense positions under the tenant's head lock, the hash chain, reads. */
@NullMarked
package io.sluice.log.postgres;

import org.jspecify.annotations.NullMarked;
