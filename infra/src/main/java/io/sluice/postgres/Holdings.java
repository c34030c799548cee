package io.sluice.postgres;

import io.sluice.log.Caller;
import io.sluice.shared.Problem;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The connections that are out: one held for too long is reported, and in the end taken back from its holder. */
final class Holdings implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Holdings.class);
    private static final Duration LOOK = Duration.ofMillis(500);

    private final long reportAfter;
    private final long endAfter;
    private final DatabaseMeters meters;
    private final Set<Holding> out = ConcurrentHashMap.newKeySet();
    private volatile Disposable running = Disposables.disposed();

    Holdings(DatabaseSettings settings, DatabaseMeters meters) {
        this.reportAfter = settings.heldReport().toNanos();
        this.endAfter = settings.heldLimit().toNanos();
        this.meters = meters;
    }

    /** A connection in use, from now on. */
    static final class Holding {

        private final PoolName pool;
        private final Caller caller;
        private final long since = System.nanoTime();
        private final Sinks.Empty<Void> end = Sinks.empty();
        private boolean reported;

        private Holding(PoolName pool, Caller caller) {
            this.pool = pool;
            this.caller = caller;
        }

        Duration age() {
            return Duration.ofNanos(System.nanoTime() - since);
        }

        /** Fails when the holder has to go, and never completes. */
        Mono<Void> takenBack() {
            return end.asMono();
        }
    }

    Holding taken(PoolName pool, Caller caller) {
        var holding = new Holding(pool, caller);
        out.add(holding);
        return holding;
    }

    void returned(Holding holding) {
        out.remove(holding);
        meters.ended(holding.pool, holding.age());
    }

    Flux<Void> run() {
        return Flux.interval(LOOK).onBackpressureDrop().concatMap(_ -> Mono.<Void>fromRunnable(this::look));
    }

    private void look() {
        long now = System.nanoTime();
        out.forEach(holding -> look(holding, now - holding.since));
    }

    private void look(Holding holding, long age) {
        if (age >= reportAfter && !holding.reported) {
            holding.reported = true;
            meters.leaked();
            report(holding, "is held");
        }
        if (age >= endAfter && holding.end.tryEmitError(overdue()).isSuccess()) {
            report(holding, "is taken back");
        }
    }

    private Problem overdue() {
        long millis = Duration.ofNanos(endAfter).toMillis();
        return new Problem.TimedOut("query-timeout", "a transaction passed its limit of " + millis + " ms");
    }

    private static void report(Holding holding, String what) {
        DatabaseMeters.naming(holding.caller, LOG.atWarn())
                .log(
                        "a connection of the pool {} {} after {} ms, by {}",
                        holding.pool.word(),
                        what,
                        holding.age().toMillis(),
                        holding.caller.cause().route());
    }

    @Override
    public void start() {
        running = run().subscribe();
    }

    @Override
    public void stop() {
        running.dispose();
    }

    @Override
    public boolean isRunning() {
        return !running.isDisposed();
    }
}
