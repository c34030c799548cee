/** Notifications in PostgreSQL, and the consumer of the log that makes them. */
@NullMarked
package io.sluice.notifications.postgres;

import org.jspecify.annotations.NullMarked;
