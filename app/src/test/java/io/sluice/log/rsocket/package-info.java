/** Streams and calls over real sockets. */
@NullMarked
package io.sluice.log.rsocket;

import org.jspecify.annotations.NullMarked;
