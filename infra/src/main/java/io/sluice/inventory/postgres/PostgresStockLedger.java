package io.sluice.inventory.postgres;

import io.sluice.inventory.MoveAnswer;
import io.sluice.inventory.MoveCommand;
import io.sluice.inventory.StockLedger;
import io.sluice.inventory.postgres.StockTransactions.Beside;
import io.sluice.log.Caller;
import io.sluice.log.hot.HotCommands;
import io.sluice.log.postgres.PostgresLedger;
import io.sluice.log.postgres.PostgresLedger.Done;
import io.sluice.postgres.PoolName;
import io.sluice.shared.TenantId;
import java.time.Clock;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * Posts groups of movements with four round trips, however many they are: begin and the rows; facts, keys and the
 * tenant's head; new state, movements, events and keys; commit.
 */
final class PostgresStockLedger implements StockLedger {

    private final PostgresLedger ledger;
    private final HotCommands<MoveCommand, MoveAnswer> hot;
    private final StockTransactions transactions;

    PostgresStockLedger(PostgresLedger ledger, HotCommandsFactory factory, Clock clock) {
        this.ledger = ledger;
        this.transactions = new StockTransactions(clock);
        this.hot = factory.make(this::transaction);
    }

    /** Makes the queue in front of the transactions. */
    @FunctionalInterface
    interface HotCommandsFactory {
        HotCommands<MoveCommand, MoveAnswer> make(
                java.util.function.BiFunction<TenantId, List<MoveCommand>, Mono<List<MoveAnswer>>> transaction);
    }

    HotCommands<MoveCommand, MoveAnswer> queue() {
        return hot;
    }

    @Override
    public Mono<MoveAnswer> post(MoveCommand command) {
        return hot.submit(command.caller().tenant(), command);
    }

    @Override
    public Mono<Mono<MoveAnswer>> admit(MoveCommand line) {
        return hot.admit(line.caller().tenant(), line);
    }

    private Mono<List<MoveAnswer>> transaction(TenantId tenant, List<MoveCommand> commands) {
        return ledger.transaction(PoolName.COMMANDS, session -> transactions.post(session, commands, Beside.NOTHING))
                .map(Done::answer)
                .contextWrite(Context.of(Caller.class, Caller.system(tenant, "stock")));
    }
}
