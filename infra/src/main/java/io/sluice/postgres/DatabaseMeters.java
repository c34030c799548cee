package io.sluice.postgres;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sluice.log.Caller;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;
import reactor.core.publisher.Flux;

/** What the database is asked to do, counted; a statement that is answered late is reported. */
final class DatabaseMeters {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseMeters.class);
    private static final long NOTED = Duration.ofMillis(100).toNanos();
    private static final long SLOW = Duration.ofMillis(1_000).toNanos();
    private static final long TOO_SLOW = Duration.ofMillis(5_000).toNanos();

    /** Each happens once: a statement is a query, and an error as well when it fails. */
    enum Event {
        QUERY,
        ERROR,
        BEGIN,
        COMMIT,
        ROLLBACK,
        RELEASE
    }

    private final Map<PoolName, Timer> transactions = new EnumMap<>(PoolName.class);
    private final Map<Event, Counter> events = new EnumMap<>(Event.class);
    private final Map<Level, Counter> slow = new EnumMap<>(Level.class);
    private final Counter leaks;

    DatabaseMeters(MeterRegistry meters) {
        for (PoolName pool : PoolName.values()) {
            transactions.put(
                    pool,
                    Timer.builder("sluice_db_query_seconds")
                            .description("Transactions, from the connection taken to its return")
                            .tag("pool", pool.word())
                            .publishPercentileHistogram()
                            .register(meters));
        }
        for (Event event : Event.values()) {
            events.put(event, counter(meters, "sluice_db_events_total", "type", event.name()));
        }
        for (Level level : new Level[] {Level.DEBUG, Level.WARN, Level.ERROR}) {
            slow.put(level, counter(meters, "sluice_db_slow_total", "level", level.name()));
        }
        leaks = Counter.builder("sluice_db_leaks_total")
                .description("Connections that were held for too long")
                .register(meters);
    }

    private static Counter counter(MeterRegistry meters, String name, String tag, String value) {
        return Counter.builder(name).tag(tag, value.toLowerCase(Locale.ROOT)).register(meters);
    }

    void happened(Event event) {
        Counter counter = events.get(event);
        if (counter != null) {
            counter.increment();
        }
    }

    void ended(PoolName pool, Duration taken) {
        Timer timer = transactions.get(pool);
        if (timer != null) {
            timer.record(taken);
        }
        happened(Event.RELEASE);
    }

    void leaked() {
        leaks.increment();
    }

    /** Measured to the first row, since the others come as fast as they are asked for. */
    <T> Flux<T> watched(String sql, Caller caller, Flux<T> answer) {
        return Flux.defer(() -> {
            happened(Event.QUERY);
            var question = new Question(sql, caller);
            return answer.doOnError(_ -> happened(Event.ERROR))
                    .doOnNext(_ -> question.answered())
                    .doOnTerminate(question::answered);
        });
    }

    /** What a log entry says about who caused it: nothing that a request carries. */
    static LoggingEventBuilder naming(Caller caller, LoggingEventBuilder entry) {
        return entry.addKeyValue("traceId", caller.cause().traceId())
                .addKeyValue("requestId", caller.cause().requestId())
                .addKeyValue("tenant", caller.tenant().toString())
                .addKeyValue("principal", String.valueOf(caller.actor().id()));
    }

    private static @Nullable Level levelOf(long nanos) {
        if (nanos >= TOO_SLOW) {
            return Level.ERROR;
        }
        if (nanos >= SLOW) {
            return Level.WARN;
        }
        return nanos >= NOTED ? Level.DEBUG : null;
    }

    private final class Question {

        private final String sql;
        private final Caller caller;
        private final long start = System.nanoTime();
        private boolean answered;

        Question(String sql, Caller caller) {
            this.sql = sql;
            this.caller = caller;
        }

        void answered() {
            if (!answered) {
                answered = true;
                long nanos = System.nanoTime() - start;
                Level level = levelOf(nanos);
                if (level != null) {
                    report(level, Duration.ofNanos(nanos).toMillis());
                }
            }
        }

        /** The statement with its placeholders: what stands for them is never logged. */
        private void report(Level level, long millis) {
            Counter counter = slow.get(level);
            if (counter != null) {
                counter.increment();
            }
            naming(caller, LOG.atLevel(level))
                    .log("a statement of {} took {} ms: {}", caller.cause().route(), millis, sql);
        }
    }
}
