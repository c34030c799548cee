/**
 * What tests of the whole server share: one running server in the JVM, fresh tenants, users who call it. A test makes
 * its own tenant and so needs no order, no clean-up and no other test's patience.
 */
@NullMarked
package io.sluice.testing;

import org.jspecify.annotations.NullMarked;
