package io.sluice.access;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The server's signing keys; they belong to no tenant and need no caller. */
public interface SealedKeys {

    /** Newest first. */
    Flux<SealedKey> all();

    /** Keeps the key and the given number of newest ones in all. */
    Mono<Void> store(SealedKey key, int kept);
}
