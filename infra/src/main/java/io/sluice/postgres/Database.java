package io.sluice.postgres;

import io.r2dbc.postgresql.api.PostgresqlConnection;
import io.r2dbc.postgresql.api.PostgresqlResult;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Wrapped;
import io.sluice.log.Caller;
import io.sluice.postgres.DatabaseMeters.Event;
import io.sluice.shared.Problem;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Transactions of a tenant. The tenant is the {@link Caller}'s in the Reactor context and is set for the transaction
 * alone, in the same round trip as {@code BEGIN}; work without a caller is refused. Work inside a unit of work joins
 * its transaction.
 */
public final class Database {

    private static final Duration PATIENCE_ON_CANCEL = Duration.ofMillis(500);

    /** What the server answers at once, or ends at its limit, and has not after this much more, never comes. */
    static final Duration SILENCE = Duration.ofSeconds(5);

    private final Pools pools;
    private final Holdings holdings;
    private final Duration statementLimit;
    private final DatabaseMeters meters;

    Database(Pools pools, Holdings holdings, DatabaseSettings settings, DatabaseMeters meters) {
        this.pools = pools;
        this.holdings = holdings;
        this.statementLimit = settings.statementLimit();
        this.meters = meters;
    }

    /** Reads of one answer: one transaction, READ COMMITTED, on the reads pool. */
    public <T> Flux<T> read(Function<Session, ? extends Publisher<T>> work) {
        return joined(work, "BEGIN READ ONLY");
    }

    /** Reads that must agree with each other: one snapshot for all statements. */
    public <T> Flux<T> snapshot(Function<Session, ? extends Publisher<T>> work) {
        return joined(work, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    }

    private <T> Flux<T> joined(Function<Session, ? extends Publisher<T>> work, String begin) {
        return Flux.deferContextual(context -> context.hasKey(Session.class)
                ? Flux.from(work.apply(context.get(Session.class)))
                : Flux.usingWhen(
                                open(PoolName.READS, begin, context),
                                transaction -> transaction.opened(Flux.from(work.apply(transaction.session()))
                                        .contextWrite(Context.of(Session.class, transaction.session()))),
                                Transaction::commit,
                                Transaction::rollback,
                                Transaction::abandon)
                        .onErrorMap(error -> Failures.translate(error, PoolName.READS.word(), statementLimit)));
    }

    /** Writes: the answer is emitted once it is durable. The work finds its {@link Session} in the context too. */
    public <T> Mono<T> write(PoolName pool, Function<Session, Mono<T>> work) {
        return Mono.deferContextual(context -> Mono.usingWhen(
                        open(pool, "BEGIN", context),
                        transaction -> transaction.opened(work.apply(transaction.session())
                                .contextWrite(Context.of(Session.class, transaction.session()))),
                        Transaction::commit,
                        Transaction::rollback,
                        Transaction::abandon)
                .onErrorMap(error -> Failures.translate(error, pool.word(), statementLimit)));
    }

    /** The session of the unit of work that runs. */
    public <T> Mono<T> withSession(Function<Session, Mono<T>> work) {
        return Mono.deferContextual(context -> work.apply(sessionOf(context)));
    }

    private static Session sessionOf(ContextView context) {
        if (!context.hasKey(Session.class)) {
            throw new IllegalStateException("a write needs a unit of work around it");
        }
        return context.get(Session.class);
    }

    /** A statement that belongs to no tenant, in a transaction with the given setting ({@code app.system = 'on'}). */
    public <T> Flux<T> untenanted(PoolName pool, Map<String, String> settings, Function<Session, Publisher<T>> work) {
        var begin = new StringBuilder("BEGIN");
        settings.forEach((name, value) -> begin.append("; SET LOCAL ")
                .append(name)
                .append(" = '")
                .append(value.replace("'", "''"))
                .append('\''));
        return Flux.usingWhen(
                        pools.acquire(pool).map(it -> transaction(it, begin.toString(), NOBODY, pool)),
                        transaction -> transaction.opened(Flux.from(work.apply(transaction.session()))),
                        Transaction::commit,
                        Transaction::rollback,
                        Transaction::abandon)
                .onErrorMap(error -> Failures.translate(error, pool.word(), statementLimit));
    }

    private static final Caller NOBODY =
            Caller.system(new io.sluice.shared.TenantId(new java.util.UUID(0, 0)), "untenanted");

    private Mono<Transaction> open(PoolName pool, String begin, ContextView context) {
        if (!context.hasKey(Caller.class)) {
            return Mono.error(() -> new Problem.Unauthenticated("no-tenant", "work without a tenant is refused"));
        }
        Caller caller = context.get(Caller.class);
        String sql = begin + "; SET LOCAL app.tenant = '" + caller.tenant() + "'";
        return pools.acquire(pool).map(connection -> transaction(connection, sql, caller, pool));
    }

    private Transaction transaction(Connection pooled, String sql, Caller caller, PoolName pool) {
        var connection = (PostgresqlConnection) ((Wrapped<?>) pooled).unwrap();
        Mono<Void> begin = connection
                .createStatement(sql)
                .execute()
                .concatMap(PostgresqlResult::getRowsUpdated)
                .then()
                .timeout(SILENCE)
                .cache();
        var session = new Session(connection, caller, answerLimit(), meters);
        meters.happened(Event.BEGIN);
        return new Transaction(pooled, connection, begin, session, holdings, holdings.taken(pool, caller), meters);
    }

    private Duration answerLimit() {
        return statementLimit.plus(SILENCE);
    }

    /** @param begin runs once, and on to its end */
    private record Transaction(
            Connection pooled,
            PostgresqlConnection connection,
            Mono<Void> begin,
            Session session,
            Holdings holdings,
            Holdings.Holding holding,
            DatabaseMeters meters) {

        /**
         * Sends the first statement of the work right behind BEGIN. Should BEGIN fail, nothing comes of it: without a
         * tenant set there is no row to see and none may be written. Work that holds the connection for too long fails.
         */
        <T> Flux<T> opened(Flux<T> work) {
            return work.takeUntilOther(begin.then(holding.takenBack()));
        }

        <T> Mono<T> opened(Mono<T> work) {
            return work.takeUntilOther(begin.then(holding.takenBack()));
        }

        /** The driver ends only what it has seen begin. */
        Mono<Void> commit() {
            return begin.then(Mono.defer(connection::commitTransaction))
                    .timeout(session.answerLimit())
                    .then(released(Event.COMMIT))
                    .onErrorResume(error -> rollback(error).then(Mono.error(error)));
        }

        Mono<Void> rollback(Throwable cause) {
            Mono<Void> ended =
                    cause instanceof TimeoutException ? cut() : rolledBack().timeout(SILENCE, cut());
            return ended.onErrorComplete().then(released(Event.ROLLBACK));
        }

        private Mono<Void> rolledBack() {
            return begin.onErrorComplete()
                    .then(Mono.defer(connection::rollbackTransaction))
                    .onErrorComplete();
        }

        /** A server that does not answer gets no more questions: the pool finds the connection closed. */
        private Mono<Void> cut() {
            return connection.close().onErrorComplete();
        }

        /**
         * The asker went away: what runs in the server is ended, too. The rollback waits behind the statement in
         * flight; where that takes longer than a moment, the statement is cancelled in the server.
         */
        Mono<Void> abandon() {
            return Mono.defer(() -> {
                Mono<Void> rollback = rolledBack().cache();
                return rollback.timeout(
                                PATIENCE_ON_CANCEL,
                                connection.cancelRequest().onErrorComplete().then(rollback))
                        .timeout(SILENCE, cut())
                        .then(released(Event.ROLLBACK));
            });
        }

        private Mono<Void> released(Event how) {
            return Mono.defer(() -> {
                meters.happened(how);
                holdings.returned(holding);
                return Mono.from(pooled.close());
            });
        }
    }
}
