package io.sluice.ops;

import io.sluice.access.Tenant;
import io.sluice.access.Tenants;
import io.sluice.log.Caller;
import io.sluice.log.Ledger;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Looks at the health each 15 s and tells its changes to the log and on the topic {@code system}. */
@Component
final class HealthWatch implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(HealthWatch.class);
    private static final Duration SAMPLE = Duration.ofSeconds(15);

    private final Health health;
    private final Tenants tenants;
    private final Ledger ledger;
    private final String node = Long.toString(ProcessHandle.current().pid());
    private volatile HealthState told = HealthState.OK;
    private volatile Disposable running = Disposables.disposed();

    HealthWatch(Health health, Tenants tenants, Ledger ledger) {
        this.health = health;
        this.tenants = tenants;
        this.ledger = ledger;
    }

    Flux<Void> run() {
        return Flux.interval(SAMPLE).onBackpressureDrop().concatMap(_ -> sample(), 1);
    }

    private Mono<Void> sample() {
        return health.report()
                .doOnNext(HealthWatch::warnOfWaiting)
                .filter(report -> report.status() != told)
                .doOnNext(HealthWatch::log)
                .flatMap(this::tell)
                .onErrorResume(HealthWatch::untold);
    }

    private static void warnOfWaiting(Health.Report report) {
        report.database().pools().forEach((name, pool) -> {
            if (pool.waiting() > 0) {
                LOG.warn("{} callers wait for a connection of the pool {}", pool.waiting(), name);
            }
        });
    }

    private static void log(Health.Report report) {
        LOG.warn(
                "health is {}: {}",
                report.status(),
                HealthHttp.States.of(report).components());
    }

    /** A change that cannot be written now, since the database is away, is told by the first sample that can. */
    private Mono<Void> tell(Health.Report report) {
        return tenants.findBySlug(Tenant.PLATFORM)
                .flatMap(platform -> ledger.commit(
                                ledger.append(HealthEvents.changed(node, HealthHttp.States.of(report)))
                                        .thenReturn(true))
                        .contextWrite(context -> context.put(Caller.class, Caller.system(platform.id(), "health"))))
                .doOnNext(_ -> told = report.status())
                .then();
    }

    private static Mono<Void> untold(Throwable error) {
        LOG.warn("a change of health could not be told: {}", error.toString());
        return Mono.empty();
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
