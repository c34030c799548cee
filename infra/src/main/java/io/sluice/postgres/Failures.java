package io.sluice.postgres;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.r2dbc.postgresql.api.PostgresqlException;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcTimeoutException;
import io.r2dbc.spi.R2dbcTransientResourceException;
import io.sluice.shared.Problem;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What the driver's errors mean. */
public final class Failures {

    private static final Duration SOON = Duration.ofSeconds(1);
    /** admin_shutdown, crash_shutdown, cannot_connect_now, too_many_connections, connection failures. */
    private static final Set<String> AWAY =
            Set.of("57P01", "57P02", "57P03", "53300", "08000", "08003", "08006", "08001");

    private Failures() {}

    /** The name of the unique constraint that the statement violated, if that is what happened. */
    public static Optional<String> duplicate(Throwable error) {
        return saidBy(error).filter(said -> said.code().equals("23505")).map(Said::constraint);
    }

    /** True for a foreign key that names nothing, or is still named. */
    public static boolean isReference(Throwable error) {
        return saidBy(error).filter(said -> said.code().equals("23503")).isPresent();
    }

    /** Serialization failures and deadlocks: the same work may succeed on a fresh connection. */
    public static boolean isWorthRepeating(Throwable error) {
        return saidBy(error)
                .filter(said -> said.code().equals("40001") || said.code().equals("40P01"))
                .isPresent();
    }

    /** The log is not what the writer took it for: another transaction was first. Raised by {@code follow} (V4). */
    public static boolean hasMovedOn(Throwable error) {
        return saidBy(error).filter(said -> said.code().equals("SL001")).isPresent();
    }

    /** The problem that an error of the database is to the asker; others pass as they are. */
    static Throwable translate(Throwable error, String pool, Duration limit) {
        if (error instanceof Problem) {
            return error;
        }
        Optional<String> state = saidBy(error).map(Said::code);
        if (state.filter("57014"::equals).isPresent()) {
            return new Problem.TimedOut("query-timeout", "a statement passed its limit of " + limit.toMillis() + " ms");
        }
        if (state.filter("55P03"::equals).isPresent()) {
            return new Problem.TimedOut("query-timeout", "a statement waited too long for what another one holds");
        }
        if (isPoolTimeout(error)) {
            return new Problem.Unavailable(
                    "pool-exhausted", "no connection of the pool " + pool + " became free", SOON);
        }
        return isAway(error, state)
                ? new Problem.Unavailable("database-unavailable", "the database cannot be reached", SOON)
                : error;
    }

    /** What ended the last try of a retried pipeline. */
    public static Throwable lastCause(Throwable exhausted) {
        Throwable cause = exhausted.getCause();
        return cause == null ? exhausted : cause;
    }

    static boolean isAway(Throwable error) {
        return isAway(error, saidBy(error).map(Said::code));
    }

    private static boolean isAway(Throwable error, Optional<String> state) {
        return state.filter(AWAY::contains).isPresent()
                || error instanceof CallNotPermittedException
                || error instanceof IOException
                || error instanceof TimeoutException
                || error instanceof ClosedConnectionException
                || (state.isEmpty()
                        && (error instanceof R2dbcNonTransientResourceException
                                || error instanceof R2dbcTransientResourceException
                                || error instanceof R2dbcTimeoutException));
    }

    static boolean isPoolTimeout(Throwable error) {
        return error instanceof R2dbcTimeoutException
                && error.getMessage() != null
                && error.getMessage().contains("Connection acquisition timed out");
    }

    /** What the server said, over whichever driver. */
    private record Said(String code, @Nullable String constraint) {}

    private static Optional<Said> saidBy(Throwable error) {
        return switch (error) {
            case PgException failure -> Optional.of(new Said(failure.getSqlState(), failure.getConstraint()));
            case R2dbcException failure
            when failure instanceof PostgresqlException details ->
                Optional.of(new Said(
                        details.getErrorDetails().getCode(),
                        details.getErrorDetails().getConstraintName().orElse(null)));
            default -> Optional.empty();
        };
    }
}
