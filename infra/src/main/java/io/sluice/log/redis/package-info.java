/** The log's hints over Redis. Losing one costs a second, never an event. */
@NullMarked
package io.sluice.log.redis;

import org.jspecify.annotations.NullMarked;
