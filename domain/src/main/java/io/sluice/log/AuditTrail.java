package io.sluice.log;

import reactor.core.publisher.Mono;

/** Reads that are to be found in the audit: nothing has changed, but who looked at what stands in the log. */
public interface AuditTrail {

    /** Completes once the entry is durable. Fails with {@code overloaded} when too many wait. */
    Mono<Void> leave(Event entry);
}
