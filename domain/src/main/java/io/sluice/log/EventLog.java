package io.sluice.log;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Reads the log of the caller's tenant. */
public interface EventLog {

    Mono<Head> head();

    /** Up to {@code limit} events after the position, in order, in one page: a bounded answer. */
    Flux<Recorded> after(long position, int limit);

    Flux<Recorded> find(EventQuery query);

    /** Checks hashes and positions from the oldest retained event to the head, and the head itself. */
    Mono<Verification> verify();
}
