/**
 * Load from outside: clients that know the wire and nothing of the server, count what arrives and judge it. They run
 * against a started server, never inside a test.
 */
package io.sluice.load;
