/** The log over HTTP: streams as SSE and NDJSON, events by position, verification. */
@NullMarked
package io.sluice.log.web;

import org.jspecify.annotations.NullMarked;
