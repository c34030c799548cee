package io.sluice.postgres;

import io.r2dbc.postgresql.api.PostgresqlConnection;
import io.r2dbc.postgresql.api.PostgresqlResult;
import io.r2dbc.postgresql.api.PostgresqlStatement;
import io.r2dbc.spi.Readable;
import io.sluice.log.Caller;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One connection inside one transaction of one tenant. Statements run one after the other: never start one inside the
 * rows of another. A null argument is sent as text, so the SQL casts it ({@code $3::numeric}).
 */
public final class Session {

    private static final int FETCH = 256;

    private final PostgresqlConnection connection;
    private final Caller caller;
    private final Duration answerLimit;
    private final DatabaseMeters meters;

    Session(PostgresqlConnection connection, Caller caller, Duration answerLimit, DatabaseMeters meters) {
        this.connection = connection;
        this.caller = caller;
        this.answerLimit = answerLimit;
        this.meters = meters;
    }

    /** The server ends a statement before this; when it does not, it is away. */
    Duration answerLimit() {
        return answerLimit;
    }

    public Caller caller() {
        return caller;
    }

    /** Rows changed. */
    public Mono<Long> update(String sql, @Nullable Object... arguments) {
        return meters.watched(sql, caller, bind(sql, arguments).execute().concatMap(PostgresqlResult::getRowsUpdated))
                .reduce(0L, Long::sum)
                .timeout(answerLimit);
    }

    /**
     * One statement of a step: an {@code INSERT}, {@code UPDATE} or {@code DELETE} that begins with that word. Arrays are
     * sent as text, so the SQL casts them ({@code $3::uuid[]}).
     */
    public record Write(String sql, @Nullable Object... arguments) {}

    /**
     * All as one statement, since each costs a round trip of its own. They see the same snapshot: none may touch a row
     * that another of them touches.
     */
    public Mono<Void> together(List<Write> writes) {
        return writes.isEmpty()
                ? Mono.empty()
                : update(Together.sqlOf(writes), Together.argumentsOf(writes)).then();
    }

    /**
     * Rows in order, fetched in portions as they are asked for. The SQL has at least one parameter: of one without, the
     * driver drops the rows that a cancelled reader has not taken, and their buffers are lost.
     */
    public <T> Flux<T> query(String sql, Function<Readable, T> toValue, @Nullable Object... arguments) {
        return answer(sql, bind(sql, arguments).fetchSize(FETCH), toValue);
    }

    /** All rows of an answer that is known to be bounded, fetched at once. */
    public <T> Flux<T> all(String sql, Function<Readable, T> toValue, @Nullable Object... arguments) {
        return answer(sql, bind(sql, arguments), toValue);
    }

    private <T> Flux<T> answer(String sql, PostgresqlStatement statement, Function<Readable, T> toValue) {
        Flux<T> rows = statement.execute().concatMap(result -> result.map((Function<Readable, T>) toValue::apply));
        return meters.watched(sql, caller, rows)
                .doOnDiscard(PostgresqlResult.class, Session::release)
                .timeout(Mono.delay(answerLimit));
    }

    /** The first row, or empty. */
    public <T> Mono<T> one(String sql, Function<Readable, T> toValue, @Nullable Object... arguments) {
        return all(sql, toValue, arguments).next();
    }

    /** An answer that nobody takes any more still holds its rows, and the driver's buffers with them. */
    private static void release(PostgresqlResult unread) {
        unread.getRowsUpdated().subscribe(); // its pipeline is gone
    }

    private PostgresqlStatement bind(String sql, @Nullable Object[] arguments) {
        PostgresqlStatement statement = connection.createStatement(sql);
        for (int i = 0; i < arguments.length; i++) {
            Object argument = arguments[i];
            switch (argument) {
                case null -> statement.bindNull(i, String.class);
                case Instant at -> statement.bind(i, at.atOffset(ZoneOffset.UTC));
                case Enum<?> word -> statement.bind(i, word.name());
                default -> statement.bind(i, argument);
            }
        }
        return statement;
    }
}
