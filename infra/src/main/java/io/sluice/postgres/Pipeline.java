package io.sluice.postgres;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sluice.postgres.Session.Write;
import io.sluice.shared.TenantId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Transactions whose statements are all known before the first is sent: begin, statements and commit leave in one write,
 * one round trip for all. A driver of its own, since R2DBC's waits for the answer of one statement before it sends the
 * next, and reads the SQL's text anew each time. Reads and everything else stay on the {@link Database}.
 */
public final class Pipeline implements DisposableBean {

    private static final int CONNECTIONS = 4;
    private static final Duration CLOSING = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final PgConnectOptions options;
    private final DatabaseSettings settings;
    private final Timer timer;
    private final List<Line> lines = new ArrayList<>();

    Pipeline(Vertx vertx, PgConnectOptions options, DatabaseSettings settings, MeterRegistry meters) {
        this.vertx = vertx;
        this.options = options;
        this.settings = settings;
        this.timer = Timer.builder("sluice_db_query_seconds")
                .description("Transactions, from the connection taken to its return")
                .tag("pool", "pipeline")
                .publishPercentileHistogram()
                .register(meters);
        for (int i = 0; i < CONNECTIONS; i++) {
            lines.add(new Line());
        }
        gauge(meters, "total", Line::connections);
        gauge(meters, "acquired", Line::busy);
    }

    private void gauge(MeterRegistry meters, String state, ToIntFunction<Line> figure) {
        Gauge.builder("sluice_db_pool", lines, all -> all.stream()
                        .mapToInt(figure)
                        .sum())
                .tag("pool", "pipeline")
                .tag("state", state)
                .register(meters);
    }

    /**
     * A connection that nobody uses, for one transaction; empty when none is open and free: it is opened for the next
     * who asks.
     */
    public @Nullable Line free() {
        Line unopened = null;
        for (Line line : lines) {
            if (line.take()) {
                return line;
            }
            unopened = line.isUnopened() ? line : unopened;
        }
        if (unopened != null) {
            unopened.open();
        }
        return null;
    }

    private sealed interface State {

        /** Nothing is there. */
        record Unopened() implements State {}

        record Opening() implements State {}

        record Free(PgConnection connection, long openedAt) implements State {}

        /** @param transactions how many are under way or wait behind each other */
        record Busy(PgConnection connection, long openedAt, int transactions) implements State {

            /** After one of them has ended. */
            State less() {
                return transactions == 1
                        ? new Free(connection, openedAt)
                        : new Busy(connection, openedAt, transactions - 1);
            }
        }
    }

    private static final State UNOPENED = new State.Unopened();
    private static final State OPENING = new State.Opening();

    /** One connection, for one transaction at a time, and one that waits behind it. */
    public final class Line {

        private final AtomicReference<State> state = new AtomicReference<>(UNOPENED);

        private boolean isUnopened() {
            return state.get() == UNOPENED;
        }

        private int connections() {
            return state.get() instanceof State.Free || state.get() instanceof State.Busy ? 1 : 0;
        }

        private int busy() {
            return state.get() instanceof State.Busy ? 1 : 0;
        }

        private boolean take() {
            if (!(state.get() instanceof State.Free free)) {
                return false;
            }
            boolean tired =
                    System.nanoTime() - free.openedAt() > settings.life().toNanos();
            if (tired && state.compareAndSet(free, UNOPENED)) {
                free.connection().close();
                return false;
            }
            return state.compareAndSet(free, new State.Busy(free.connection(), free.openedAt(), 1));
        }

        /**
         * Whether one more transaction may be written, behind the one that is under way: the database takes it up when
         * that one has ended, however it ends.
         */
        public boolean follow() {
            return state.get() instanceof State.Busy busy
                    && busy.transactions() == 1
                    && state.compareAndSet(busy, new State.Busy(busy.connection(), busy.openedAt(), 2));
        }

        /** For who has taken it and writes nothing after all. */
        public void release() {
            if (state.get() instanceof State.Busy busy) {
                ended(busy.connection());
            }
        }

        private void ended(PgConnection connection) {
            State now = state.get();
            if (now instanceof State.Busy busy
                    && busy.connection() == connection
                    && !state.compareAndSet(now, busy.less())) {
                ended(connection);
            }
        }

        private void open() {
            if (state.compareAndSet(UNOPENED, OPENING)) {
                PgConnection.connect(vertx, options).onComplete(this::opened, _ -> state.set(UNOPENED));
            }
        }

        private void opened(PgConnection connection) {
            connection.exceptionHandler(_ -> {}); // whoever uses the connection is told, too
            connection.closeHandler(_ -> gone(connection));
            state.set(new State.Free(connection, System.nanoTime()));
        }

        private void gone(PgConnection connection) {
            State now = state.get();
            boolean mine = now instanceof State.Free free && free.connection() == connection
                    || now instanceof State.Busy busy && busy.connection() == connection;
            if (mine && !state.compareAndSet(now, UNOPENED)) {
                gone(connection);
            }
        }

        /**
         * One transaction of the tenant: each step one statement, see {@link Session#together}. Whether it was committed
         * stays unknown when the connection breaks; an error with an SQLSTATE says that it was not.
         */
        public Mono<Void> write(TenantId tenant, List<List<Write>> steps) {
            return Mono.<Void>create(sink -> send(tenant, steps, sink))
                    .timeout(settings.statementLimit().plus(Database.SILENCE), cut())
                    .onErrorMap(
                            error -> Failures.translate(error, PoolName.COMMANDS.word(), settings.statementLimit()));
        }

        private Mono<Void> cut() {
            return Mono.defer(() -> {
                if (state.get() instanceof State.Busy busy) {
                    busy.connection().close();
                }
                return Mono.error(new TimeoutException("the database has not answered"));
            });
        }

        private void send(TenantId tenant, List<List<Write>> steps, MonoSink<Void> sink) {
            if (!(state.get() instanceof State.Busy busy)) {
                sink.error(new IOException("the connection was closed"));
                return;
            }
            long start = System.nanoTime();
            vertx.runOnContext(_ -> sent(busy.connection(), tenant, steps).onComplete(done -> {
                timer.record(Duration.ofNanos(System.nanoTime() - start));
                ended(busy.connection());
                if (done.succeeded()) {
                    sink.success();
                } else {
                    sink.error(done.cause());
                }
            }));
        }
    }

    /** None is awaited before the next is sent. What fails is what the first that failed says: the others follow it. */
    private static Future<Void> sent(PgConnection connection, TenantId tenant, List<List<Write>> steps) {
        List<Future<?>> answers = new ArrayList<>(steps.size() + 2);
        answers.add(connection
                .query("BEGIN; SET LOCAL app.tenant = '" + tenant + "'")
                .execute());
        for (List<Write> step : steps) {
            answers.add(connection.preparedQuery(Together.sqlOf(step)).execute(argumentsOf(step)));
        }
        answers.add(connection.query("COMMIT").execute());
        return Future.join(answers).transform(_ -> firstFailure(answers));
    }

    private static Future<Void> firstFailure(List<Future<?>> answers) {
        for (Future<?> answer : answers) {
            if (answer.failed()) {
                return Future.failedFuture(answer.cause());
            }
        }
        return Future.succeededFuture();
    }

    private static Tuple argumentsOf(List<Write> step) {
        List<@Nullable Object> values = new ArrayList<>();
        for (Write write : step) {
            for (Object argument : write.arguments()) {
                values.add(value(argument));
            }
        }
        return Tuple.wrap(values);
    }

    private static @Nullable Object value(@Nullable Object argument) {
        return switch (argument) {
            case null -> null;
            case Instant at -> at.atOffset(ZoneOffset.UTC);
            case Enum<?> word -> word.name();
            default -> argument;
        };
    }

    @Override
    public void destroy() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
    }
}
