/** Demo data: a tenant with a user for each role, and what the features add to it. Off where a database is named. */
@NullMarked
package io.sluice.demo;

import org.jspecify.annotations.NullMarked;
