package io.sluice.access;

import reactor.core.publisher.Mono;

/** Guards of the caller's tenant by lower-case name. */
public interface LoginGuards {

    /** The guard of the name; a clean one when it never failed. */
    Mono<LoginGuard> require(String name);

    /** As {@link #require}, one after the other: the next one waits until this unit of work ends. */
    Mono<LoginGuard> requireForChange(String name);

    /** Keeps the guard, and drops some that have nothing left to guard. */
    Mono<Void> store(LoginGuard guard);
}
