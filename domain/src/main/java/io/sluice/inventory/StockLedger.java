package io.sluice.inventory;

import reactor.core.publisher.Mono;

/** Posts movements. Commands of one tenant that arrive while a transaction is in flight share the next one. */
public interface StockLedger {

    /**
     * Emits the command's own answer once it is durable. Fails with {@code overloaded} when too many wait, and as the
     * {@link io.sluice.log.Ledger} does; one command's failure does not touch its neighbours.
     */
    Mono<MoveAnswer> post(MoveCommand command);

    /**
     * As {@link #post} for a line of a stream, which is not refused when too many wait, but waits for its place: emits
     * the answer to come once the line has it.
     */
    Mono<Mono<MoveAnswer>> admit(MoveCommand line);
}
