package io.sluice.imports.postgres;

import io.sluice.imports.ImportQueue;
import io.sluice.shared.TenantId;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/**
 * Carries out imports on this node: at once those that were sent here, every few seconds those that another node left.
 * One of a tenant at a time, some tenants side by side.
 */
final class ImportRunner implements SmartLifecycle, ImportQueue {

    private static final Logger LOG = LoggerFactory.getLogger(ImportRunner.class);
    private static final int TENANTS_AT_ONCE = 3;
    private static final int WAKE_UPS = 256;
    private static final Duration RELEASE = Duration.ofSeconds(5);

    private final Leases leases;
    private final Rounds rounds;
    private final Duration pause;
    private final Set<TenantId> busy = ConcurrentHashMap.newKeySet();
    private volatile Sinks.Many<TenantId> wakeUps = wakeUps();
    private volatile @Nullable Disposable running;

    ImportRunner(Leases leases, Rounds rounds, Duration pause) {
        this.leases = leases;
        this.rounds = rounds;
        this.pause = pause;
    }

    private static Sinks.Many<TenantId> wakeUps() {
        return Sinks.many().multicast().onBackpressureBuffer(WAKE_UPS, false);
    }

    /** Lost when too many wait: the next round finds it. */
    @Override
    public void wake(TenantId tenant) {
        wakeUps.tryEmitNext(tenant);
    }

    Mono<Void> run() {
        Flux<TenantId> all = Flux.interval(Duration.ZERO, pause)
                .onBackpressureDrop()
                .concatMap(_ -> leases.tenants().collectList().onErrorResume(ImportRunner::logged), 1)
                .concatMapIterable(tenants -> tenants);
        return Flux.merge(wakeUps.asFlux(), all)
                .filter(tenant -> !busy.contains(tenant))
                .onBackpressureBuffer(WAKE_UPS * 4, _ -> {}, BufferOverflowStrategy.DROP_LATEST)
                .flatMap(this::round, TENANTS_AT_ONCE, 1)
                .then();
    }

    private static <T> Mono<T> logged(Throwable error) {
        LOG.warn("imports wait: {}", error.toString());
        return Mono.empty();
    }

    private Mono<Void> round(TenantId tenant) {
        return Mono.defer(() ->
                        busy.add(tenant) ? rounds.round(tenant).doFinally(_ -> busy.remove(tenant)) : Mono.empty())
                .onErrorResume(ImportRunner::logged);
    }

    @Override
    public void start() {
        wakeUps = wakeUps();
        busy.clear();
        running = run().retryWhen(
                        Retry.backoff(Long.MAX_VALUE, Duration.ofSeconds(1)).maxBackoff(Duration.ofSeconds(30)))
                .subscribe();
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    /** What runs is cancelled, its open transaction undone: another node goes on from the last checkpoint. */
    @Override
    public void stop(Runnable stopped) {
        Disposable now = running;
        running = null;
        if (now != null) {
            now.dispose();
        }
        rounds.release()
                .timeout(RELEASE)
                .onErrorComplete()
                .doFinally(_ -> stopped.run())
                .subscribe();
    }

    @Override
    public boolean isRunning() {
        return running != null;
    }

    @Override
    public int getPhase() {
        return DEFAULT_PHASE - 512;
    }
}
