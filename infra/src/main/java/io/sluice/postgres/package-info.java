/** PostgreSQL itself: pools, sessions, transactions, migrations, the embedded server. Knows no feature. */
@NullMarked
package io.sluice.postgres;

import org.jspecify.annotations.NullMarked;
