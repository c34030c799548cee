package io.sluice.redis;

import static io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy.LOCK_FREE;
import static io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType.COUNT_BASED;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.reactor.circuitbreaker.operator.CircuitBreakerOperator;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.function.Function;
import org.redisson.api.RedissonClient;
import org.redisson.api.RedissonReactiveClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * The way to Redis: every request has a time limit and passes one breaker. Requests made before the first connection
 * fail at once; from then on Redisson connects again by itself.
 */
public final class Redis implements SmartLifecycle, AutoCloseable, RedisHealth {

    private static final Logger LOG = LoggerFactory.getLogger(Redis.class);
    private static final Duration NOTEWORTHY = Duration.ofMillis(100);
    private static final String PROBE = "sluice:probe";

    private final RedissonClient client;
    private final RedissonReactiveClient reactive;
    private final Duration commandLimit;
    private final CircuitBreaker breaker;
    private final Scheduler connecting = Schedulers.newBoundedElastic(1, 16, "redis-connect", 60, true);
    private volatile boolean connected;
    private volatile Disposable running = Disposables.disposed();

    Redis(RedissonClient client, RedisSettings settings, MeterRegistry meters) {
        this.client = client;
        this.reactive = client.reactive();
        this.commandLimit = settings.commandLimit();
        this.breaker = CircuitBreaker.of(
                "redis",
                CircuitBreakerConfig.custom()
                        .slidingWindow(20, 10, COUNT_BASED, LOCK_FREE)
                        .failureRateThreshold(50)
                        .waitIntervalFunctionInOpenState(
                                attempt -> Clients.delay(attempt.longValue()).toMillis())
                        .permittedNumberOfCallsInHalfOpenState(2)
                        .build());
        Gauge.builder("sluice_breaker_state", breaker, it -> it.getState().getOrder())
                .tag("name", breaker.getName())
                .register(meters);
    }

    /** One request; fails when Redis is away, slow, or left alone because it was. */
    public <T> Mono<T> request(Function<RedissonReactiveClient, Mono<T>> request) {
        return limited(request).transformDeferred(CircuitBreakerOperator.of(breaker));
    }

    /** Emits the client once there has been a connection; until then {@link RedisAway}. */
    public Mono<RedissonReactiveClient> client() {
        return Mono.defer(() -> connected ? Mono.just(reactive) : Mono.error(new RedisAway()));
    }

    private <T> Mono<T> limited(Function<RedissonReactiveClient, Mono<T>> request) {
        return Mono.defer(() -> {
            long start = System.nanoTime();
            return client().flatMap(request).timeout(commandLimit).doFinally(_ -> noteSlow(start));
        });
    }

    private static void noteSlow(long start) {
        Duration taken = Duration.ofNanos(System.nanoTime() - start);
        if (taken.compareTo(NOTEWORTHY) > 0) {
            LOG.warn("a Redis request took {} ms", taken.toMillis());
        }
    }

    @Override
    public Mono<Boolean> available() {
        return limited(it -> it.getBucket(PROBE).isExists()).thenReturn(true).onErrorResume(_ -> Mono.just(false));
    }

    /** Completes at the first connection. Redisson blocks the thread that connects first, sleeps between tries included. */
    Mono<Void> connect() {
        return Mono.<Void>fromRunnable(() -> client.getBucket(PROBE).isExists())
                .subscribeOn(connecting)
                .doOnError(error -> LOG.warn("Redis is away: {}", error.toString()))
                .retryWhen(Retry.from(failures ->
                        failures.concatMap(failure -> Mono.delay(Clients.delay(failure.totalRetries() + 1)))))
                .doOnSuccess(_ -> connected = true);
    }

    @Override
    public void start() {
        running = connect().subscribe();
    }

    @Override
    public void stop() {
        running.dispose();
    }

    @Override
    public boolean isRunning() {
        return !running.isDisposed();
    }

    /** Before all that uses it. */
    @Override
    public int getPhase() {
        return -1000;
    }

    @Override
    public void close() {
        connecting.dispose();
    }
}
