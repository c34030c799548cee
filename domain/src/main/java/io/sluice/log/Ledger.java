package io.sluice.log;

import reactor.core.publisher.Mono;

/**
 * Commits state and events together: what the adapters store and append while the work runs becomes durable in one
 * transaction of the caller's tenant, its events at the next dense positions, or not at all. The work may be
 * subscribed again when the database asks for it (serialization failure, deadlock, a key claimed at the same moment),
 * so it has no other effects. Fails with {@code database-unavailable}, {@code pool-exhausted} or {@code query-timeout}.
 */
public interface Ledger {

    <T> Mono<Committed<T>> commit(Mono<T> work);

    /**
     * As {@link #commit}, once per key: a repetition is answered with the first answer. A different digest under the
     * same key is the problem {@code idempotency-mismatch}.
     */
    Mono<StoredAnswer> commitOnce(OnceKey key, Mono<StoredAnswer> work);

    /** The answer that is kept under the key, or empty; {@code idempotency-mismatch} as {@link #commitOnce}. */
    Mono<StoredAnswer> find(OnceKey key);

    /** Keeps an answer that changed nothing, unless the key has one already; emits the one that is kept. */
    Mono<StoredAnswer> remember(OnceKey key, StoredAnswer answer);

    /** Adds an event to the running unit of work; an {@link IllegalStateException} when none is running. */
    Mono<Void> append(Event event);
}
