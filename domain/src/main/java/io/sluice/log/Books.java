package io.sluice.log;

import reactor.core.publisher.Mono;

/** Rows beside the log that may not change, each of them told of by one event. */
public interface Books {

    /** Compares every row of the caller's tenant with its event; broken is the position of the first that differs. */
    Mono<Verification> verify();
}
