package io.sluice.cache.redis;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Runs refreshes that nobody waits for, a few at a time; those that find the queue full are left out. */
final class Refreshes implements SmartLifecycle, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Refreshes.class);
    private static final int AT_ONCE = 8;
    private static final int WAITING = 1024;

    private final Sinks.Many<Mono<Void>> wanted = Sinks.many().multicast().onBackpressureBuffer(WAITING, false);
    private final Scheduler refreshing = Schedulers.newSingle("cache-refresh", true);
    private volatile Disposable running = Disposables.disposed();

    void offer(Mono<Void> refresh) {
        while (wanted.tryEmitNext(refresh) == Sinks.EmitResult.FAIL_NON_SERIALIZED) {
            Thread.onSpinWait();
        }
    }

    /** On a thread of its own, so that who offers a refresh does not begin it. */
    Flux<Void> run() {
        return wanted.asFlux().publishOn(refreshing).flatMap(Refreshes::harmless, AT_ONCE);
    }

    private static Mono<Void> harmless(Mono<Void> refresh) {
        return refresh.doOnError(error -> LOG.info("a refresh failed, the old value stays: {}", error.toString()))
                .onErrorComplete();
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

    @Override
    public void close() {
        refreshing.dispose();
    }
}
