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
    private final Cache<TenantId, Left> left = Caffeine.newBuilder()
            .maximumWeight(WARM_ROWS)
            .weigher((TenantId _, Left rows) -> 1 + rows.warm().size())
            .expireAfterWrite(WARM_FOR)
            .executor(Runnable::run)
            .build();

    PostgresStockLedger(
            PostgresLedger ledger, Database database, Pipeline pipeline, HotCommandsFactory factory, Clock clock) {
        this.ledger = ledger;
        this.database = database;
        this.pipeline = pipeline;
        this.transactions = new StockTransactions(clock);
        this.hot = factory.make(new HotCommands.Transactions<>() {
            @Override
            public Mono<List<MoveAnswer>> run(TenantId tenant, List<MoveCommand> commands) {
                return transaction(tenant, commands);
            }

            @Override
            public @Nullable Mono<List<MoveAnswer>> behind(TenantId tenant, List<MoveCommand> commands) {
                return transactionBehind(tenant, commands);
            }
        });
    }

    /** The rows as the last group leaves them if it is committed, and the connection that it was sent on, if any. */
    private record Left(Warm warm, Pipeline.@Nullable Line line) {}

    /** Makes the queue in front of the transactions. */
    @FunctionalInterface
    interface HotCommandsFactory {
        HotCommands<MoveCommand, MoveAnswer> make(HotCommands.Transactions<MoveCommand, MoveAnswer> transactions);
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
        Caller caller = callerOf(tenant);
        return ledger.transaction(Mono.defer(() -> posted(caller, commands)))
                .map(done -> done.answer().answers())
                .contextWrite(Context.of(Caller.class, caller));
    }

    private static Caller callerOf(TenantId tenant) {
        return Caller.system(tenant, "stock");
    }

    private Mono<Done<Landed>> posted(Caller caller, List<MoveCommand> commands) {
        Left known = taken(caller.tenant());
        Pipeline.Line line =
                known != null && StockTransactions.suffices(known.warm(), commands) ? pipeline.free() : null;
        return known != null && line != null
                ? piped(caller, line, commands, known.warm())
                : database.write(
                                PoolName.COMMANDS,
                                session -> transactions.post(session, commands, known == null ? null : known.warm()))
                        .doOnNext(done ->
                                left.put(caller.tenant(), new Left(done.answer().warm(), null)));
    }

    /** On the rows as the group in flight leaves them: if it does not, the log's head is not what this one expects. */
    private @Nullable Mono<List<MoveAnswer>> transactionBehind(TenantId tenant, List<MoveCommand> commands) {
        Left ahead = taken(tenant);
        if (ahead == null) {
            return null;
        }
        Pipeline.Line line = ahead.line();
        if (line == null || !StockTransactions.suffices(ahead.warm(), commands) || !line.follow()) {
            left.put(tenant, ahead);
            return null;
        }
        Caller caller = callerOf(tenant);
        return ledger.attempt(Mono.defer(() -> piped(caller, line, commands, ahead.warm())))
                .map(done -> done.answer().answers())
                .contextWrite(Context.of(Caller.class, caller));
    }

    /** What it leaves is known before it is committed. */
    private Mono<Done<Landed>> piped(Caller caller, Pipeline.Line line, List<MoveCommand> commands, Warm warm) {
        Prepared prepared = prepared(caller, line, commands, warm);
        left.put(caller.tenant(), new Left(prepared.done().answer().warm(), line));
        return line.write(caller.tenant(), prepared.steps())
                .thenReturn(prepared.done())
                .doOnError(_ -> left.invalidate(caller.tenant()));
    }

    private Prepared prepared(Caller caller, Pipeline.Line line, List<MoveCommand> commands, Warm warm) {
        try {
            return transactions.prepare(caller, commands, warm);
        } catch (RuntimeException e) {
            line.release();
            throw e;
        }
    }

    /** A try that fails must not find again what it has failed on. */
    private @Nullable Left taken(TenantId tenant) {
        return left.asMap().remove(tenant);
    }
}
