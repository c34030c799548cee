package io.sluice.log.postgres;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.r2dbc.spi.Readable;
import io.sluice.log.Commits;
import io.sluice.log.Committed;
import io.sluice.log.Event;
import io.sluice.log.Ledger;
import io.sluice.log.OnceKey;
import io.sluice.log.Recorded;
import io.sluice.log.StoredAnswer;
import io.sluice.log.postgres.Appender.Draft;
import io.sluice.log.postgres.Appender.Head;
import io.sluice.log.postgres.Appender.Linked;
import io.sluice.log.postgres.Appender.Taken;
import io.sluice.postgres.Database;
import io.sluice.postgres.Failures;
import io.sluice.postgres.PoolName;
import io.sluice.postgres.Rows;
import io.sluice.postgres.Session;
import io.sluice.shared.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.retry.Retry;

/** Units of work on PostgreSQL: one transaction, events last, the commit told to this node's tail. */
public final class PostgresLedger implements Ledger {

    private static final int CLAIM_TRIES = 5;

    private final Database database;
    private final Commits commits;
    private final Clock clock;
    private final MeterRegistry meters;
    private final Timer append;
    private final DistributionSummary batch;
    private final Map<String, Counter> counted = new ConcurrentHashMap<>();

    PostgresLedger(Database database, Commits commits, Clock clock, MeterRegistry meters) {
        this.database = database;
        this.commits = commits;
        this.clock = clock;
        this.meters = meters;
        this.append = Timer.builder("sluice_log_append_seconds")
                .publishPercentileHistogram()
                .register(meters);
        this.batch = DistributionSummary.builder("sluice_log_batch_size").register(meters);
    }

    /** What a transaction did: its answer, and the events to tell once it is durable. */
    public record Done<T>(T answer, long position, List<Linked> events) {}

    private static final class Pending {
        private final List<Event> events = new ArrayList<>();
    }

    @Override
    public <T> Mono<Committed<T>> commit(Mono<T> work) {
        return commit(PoolName.COMMANDS, work);
    }

    /** As {@link #commit(Mono)}, on the connections of a pool. */
    public <T> Mono<Committed<T>> commit(PoolName pool, Mono<T> work) {
        return transaction(pool, session -> collected(work, (answer, events) -> flush(session, answer, events, null)))
                .map(done -> new Committed<>(done.answer(), done.position()));
    }

    @Override
    public Mono<StoredAnswer> commitOnce(OnceKey key, Mono<StoredAnswer> work) {
        return transaction(PoolName.COMMANDS, session -> find(session, key)
                        .map(kept -> new Done<>(kept, kept.position(), List.of()))
                        .switchIfEmpty(Mono.defer(
                                () -> collected(work, (answer, events) -> flush(session, answer, events, key)))))
                .map(done ->
                        done.answer().replayed() ? done.answer() : done.answer().at(done.position()));
    }

    @Override
    public Mono<StoredAnswer> find(OnceKey key) {
        return database.write(PoolName.COMMANDS, session -> find(session, key));
    }

    @Override
    public Mono<StoredAnswer> remember(OnceKey key, StoredAnswer answer) {
        return commitOnce(key, Mono.just(answer));
    }

    @Override
    public Mono<Void> append(Event event) {
        return Mono.deferContextual(context -> {
            context.get(Pending.class).events.add(event);
            return Mono.empty();
        });
    }

    /** Events of several callers of one tenant that tell of no change. */
    Mono<Void> append(List<Draft> events) {
        return transaction(PoolName.COMMANDS, session -> Appender.lockHead(session)
                        .flatMap(head -> write(session, head, true, events, null)))
                .then();
    }

    /**
     * One transaction whose events are told after its commit. Serialization failures and deadlocks are repeated twice
     * (100 and 200 ms later), a key or row that another transaction made first, or a log that has moved on, at once:
     * each time on fresh data.
     */
    public <T> Mono<Done<T>> transaction(PoolName pool, Function<Session, Mono<Done<T>>> work) {
        return transaction(database.write(pool, work));
    }

    /** The same for one that is run otherwise, and anew for each subscriber. */
    public <T> Mono<Done<T>> transaction(Mono<Done<T>> committed) {
        return Mono.deferContextual(context -> committed
                .doOnNext(done -> told(context, done))
                .retryWhen(Retry.backoff(2, Duration.ofMillis(100)).jitter(0).filter(Failures::isWorthRepeating))
                .retryWhen(Retry.max(CLAIM_TRIES).filter(PostgresLedger::wasFirstElsewhere))
                .onErrorMap(Exceptions::isRetryExhausted, Failures::lastCause));
    }

    /** One try of the same; empty when nothing was written and another may succeed. */
    public <T> Mono<Done<T>> attempt(Mono<Done<T>> committed) {
        return Mono.deferContextual(context -> committed.doOnNext(done -> told(context, done)))
                .onErrorResume(
                        error -> Failures.isWorthRepeating(error) || wasFirstElsewhere(error), _ -> Mono.empty());
    }

    private static boolean wasFirstElsewhere(Throwable error) {
        return Failures.hasMovedOn(error)
                || Failures.duplicate(error)
                        .filter(name -> name.equals("command_key_pkey") || name.equals("stock_pkey"))
                        .isPresent();
    }

    private Counter counterOf(String type) {
        return Counter.builder("sluice_log_events_total").tag("type", type).register(meters);
    }

    private <T> void told(reactor.util.context.ContextView context, Done<T> done) {
        if (done.events().isEmpty()) {
            return;
        }
        List<Recorded> events = done.events().stream().map(Linked::event).toList();
        batch.record(events.size());
        for (Recorded event : events) {
            counted.computeIfAbsent(event.type(), this::counterOf).increment();
        }
        commits.committed(context.get(io.sluice.log.Caller.class).tenant(), events);
    }

    private interface Flush<T> {
        Mono<Done<T>> of(T answer, List<Event> events);
    }

    private static <T> Mono<Done<T>> collected(Mono<T> work, Flush<T> flush) {
        return Mono.defer(() -> {
            var pending = new Pending();
            return work.contextWrite(Context.of(Pending.class, pending))
                    .flatMap(answer -> flush.of(answer, pending.events));
        });
    }

    private <T> Mono<Done<T>> flush(Session session, T answer, List<Event> events, @Nullable OnceKey key) {
        if (events.isEmpty() && key == null) {
            return Mono.just(new Done<>(answer, 0, List.of()));
        }
        List<Draft> drafts =
                events.stream().map(event -> new Draft(session.caller(), event)).toList();
        return Appender.lockHead(session).flatMap(head -> write(session, head, answer, drafts, key));
    }

    private <T> Mono<Done<T>> write(Session session, Head head, T answer, List<Draft> drafts, @Nullable OnceKey key) {
        Instant at = Appender.timeAfter(head, clock.instant());
        List<Linked> linked = Appender.link(head, at, drafts);
        long position = head.position() + linked.size();
        List<Taken> taken = key != null && answer instanceof StoredAnswer stored
                ? List.of(new Taken(key, stored.at(position)))
                : List.of();
        long start = System.nanoTime();
        return Appender.write(session, head, at, linked, taken)
                .doOnSuccess(_ -> append.record(Duration.ofNanos(System.nanoTime() - start)))
                .thenReturn(new Done<>(answer, position, linked));
    }

    /** A key counts until its row is gone, even past its time: its place is taken until then. */
    private static Mono<StoredAnswer> find(Session session, OnceKey key) {
        return session.one(
                """
                        SELECT digest, status, answer, etag, location, position FROM command_key
                        WHERE tenant_id = $1 AND scope = $2 AND key = $3
                        """, row -> toStored(row, key), session.caller().tenant().value(), key.scope(), key.key());
    }

    private static StoredAnswer toStored(Readable row, OnceKey key) {
        if (!Rows.text(row, "digest").equals(key.digest())) {
            throw mismatch();
        }
        return new StoredAnswer(
                Rows.integer(row, "status"),
                Rows.text(row, "answer"),
                Rows.maybeText(row, "etag"),
                Rows.maybeText(row, "location"),
                Rows.number(row, "position"),
                true);
    }

    /** The problem of a key that comes again with another body. */
    public static Problem mismatch() {
        return new Problem.Contradiction(
                "idempotency-mismatch", "Idempotency-Key", "this key was used before with another body");
    }
}
