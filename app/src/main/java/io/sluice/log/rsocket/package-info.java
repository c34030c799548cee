/**
 * The log over RSocket: the endpoint on the server's own port, its connections with a bound on unsent bytes, the two
 * stream routes, and every HTTP route under its RSocket name.
 */
@NullMarked
package io.sluice.log.rsocket;

import org.jspecify.annotations.NullMarked;
