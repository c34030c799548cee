package io.sluice.inventory.postgres;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.inventory.MoveAnswer;
import io.sluice.inventory.MoveCommand;
import io.sluice.inventory.StockLedger;
import io.sluice.inventory.postgres.StockTransactions.Landed;
import io.sluice.inventory.postgres.StockTransactions.Prepared;
import io.sluice.log.Caller;
import io.sluice.log.hot.HotCommands;
import io.sluice.log.postgres.PostgresLedger;
import io.sluice.log.postgres.PostgresLedger.Done;
import io.sluice.postgres.Database;
import io.sluice.postgres.Pipeline;
import io.sluice.postgres.PoolName;
import io.sluice.shared.TenantId;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * Posts groups of movements with one round trip, however many they are: the decisions stand on the rows as this node's
 * last group has left them, and what is new goes to the database with begin and commit around it. Where the rows are not
 * known, or another transaction of the tenant came between, it takes up to four: the head's lock; rows, facts and keys;
 * what is new; commit.
 */
final class PostgresStockLedger implements StockLedger {

    private static final int WARM_ROWS = 50_000;
    private static final Duration WARM_FOR = Duration.ofMinutes(10);

    private final PostgresLedger ledger;
    private final Database database;
    private final Pipeline pipeline;
    private final HotCommands<MoveCommand, MoveAnswer> hot;
    private final StockTransactions transactions;
    private final Cache<TenantId, Warm> warm = Caffeine.newBuilder()
            .maximumWeight(WARM_ROWS)
            .weigher((TenantId _, Warm rows) -> 1 + rows.size())
            .expireAfterWrite(WARM_FOR)
            .executor(Runnable::run)
            .build();

    PostgresStockLedger(
            PostgresLedger ledger, Database database, Pipeline pipeline, HotCommandsFactory factory, Clock clock) {
        this.ledger = ledger;
        this.database = database;
        this.pipeline = pipeline;
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
        Caller caller = Caller.system(tenant, "stock");
        return ledger.transaction(Mono.defer(() -> posted(caller, commands)))
                .map(done -> answers(tenant, done.answer()))
                .contextWrite(Context.of(Caller.class, caller));
    }

    private Mono<Done<Landed>> posted(Caller caller, List<MoveCommand> commands) {
        Warm known = taken(caller.tenant());
        Pipeline.Line line = known != null && StockTransactions.suffices(known, commands) ? pipeline.free() : null;
        return known != null && line != null
                ? piped(caller, line, transactions.prepare(caller, commands, known))
                : database.write(PoolName.COMMANDS, session -> transactions.post(session, commands, known));
    }

    private static Mono<Done<Landed>> piped(Caller caller, Pipeline.Line line, Prepared prepared) {
        return line.write(caller.tenant(), prepared.steps()).thenReturn(prepared.done());
    }

    /** A try that fails must not find again what it has failed on. */
    private @Nullable Warm taken(TenantId tenant) {
        return warm.asMap().remove(tenant);
    }

    private List<MoveAnswer> answers(TenantId tenant, Landed landed) {
        warm.put(tenant, landed.warm());
        return landed.answers();
    }
}
