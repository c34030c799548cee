package io.sluice.postgres;

import static io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy.LOCK_FREE;
import static io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType.COUNT_BASED;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.reactor.circuitbreaker.operator.CircuitBreakerOperator;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.pool.PoolMetrics;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.postgresql.client.SSLMode;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcTimeoutException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToDoubleFunction;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** The connection pools, each behind a breaker of its own, all as the role that owns nothing. */
final class Pools {

    private static final int STATEMENT_CACHE = 256;

    /**
     * Commands find rows by their keys only. A plan that was made while a table was empty would scan it for ever, and
     * statistics lag behind a table that grows by thousands of rows a second: so scans and hashes are ruled out, and a
     * statement is planned once.
     */
    private static final Map<String, String> POINT_LOOKUPS = Map.of(
            "plan_cache_mode", "force_generic_plan",
            "enable_seqscan", "off",
            "enable_hashjoin", "off",
            "enable_mergejoin", "off");

    private final DatabaseSettings settings;
    private final MeterRegistry meters;
    private final Map<PoolName, Guarded> pools = new EnumMap<>(PoolName.class);

    private record Guarded(ConnectionPool pool, CircuitBreaker breaker, Timer acquire) {}

    Pools(DatabaseSettings settings, String url, MeterRegistry meters) {
        this.settings = settings;
        this.meters = meters;
        for (PoolName name : PoolName.values()) {
            pools.put(name, open(name, PostgresUrl.parse(url)));
        }
    }

    private Guarded open(PoolName name, PostgresUrl url) {
        var size = settings.sizeOf(name);
        var pool = new ConnectionPool(ConnectionPoolConfiguration.builder(factory(name, url))
                .name(name.word())
                .initialSize(0)
                .minIdle(size.minimum())
                .maxSize(size.maximum())
                .maxAcquireTime(settings.acquireLimit())
                .maxCreateConnectionTime(settings.acquireLimit())
                .maxIdleTime(settings.idle())
                .maxLifeTime(settings.life())
                .maxValidationTime(Duration.ofSeconds(5))
                .acquireRetry(1)
                .build());
        var breaker = CircuitBreaker.of(
                "database-" + name.word(),
                CircuitBreakerConfig.custom()
                        .slidingWindow(20, 20, COUNT_BASED, LOCK_FREE)
                        .failureRateThreshold(50)
                        .waitDurationInOpenState(Duration.ofSeconds(1))
                        .permittedNumberOfCallsInHalfOpenState(2)
                        .automaticTransitionFromOpenToHalfOpenEnabled(true)
                        .recordException(error -> Failures.isAway(error) && !Failures.isPoolTimeout(error))
                        .build());
        pool.getMetrics().ifPresent(metrics -> watch(name, size, metrics));
        Gauge.builder("sluice_breaker_state", breaker, it -> it.getState().getOrder())
                .tag("name", breaker.getName())
                .register(meters);
        return new Guarded(
                pool,
                breaker,
                Timer.builder("sluice_db_acquire_seconds")
                        .tag("pool", name.word())
                        .register(meters));
    }

    /** All connections are at work: the database is there, and the circuit stays closed. */
    private static boolean isFull(ConnectionPool pool) {
        return pool.getMetrics()
                .filter(it -> it.acquiredSize() >= it.getMaxAllocatedSize())
                .isPresent();
    }

    /** There was room, so what was waited for is the database. */
    private static boolean isUnopened(Throwable error, ConnectionPool pool) {
        return Failures.isPoolTimeout(error) && !isFull(pool);
    }

    private static Throwable unopened(Throwable timeout) {
        return new R2dbcTimeoutException("no connection could be opened in time", timeout);
    }

    private PostgresqlConnectionFactory factory(PoolName name, PostgresUrl url) {
        var builder = PostgresqlConnectionConfiguration.builder()
                .host(url.host())
                .port(url.port())
                .database(url.database())
                .username(url.user())
                .password(url.password())
                .applicationName("sluice-" + name.word())
                .connectTimeout(settings.acquireLimit())
                .preparedStatementCacheQueries(STATEMENT_CACHE)
                .tcpNoDelay(true)
                .tcpKeepAlive(true)
                .sslMode(SSLMode.fromValue(url.sslMode(settings)))
                .options(options(name, settings));
        String root = url.sslRootCert(settings);
        if (root != null) {
            builder.sslRootCert(root);
        }
        if (settings.sslCert() != null && settings.sslKey() != null) {
            builder.sslCert(settings.sslCert()).sslKey(settings.sslKey());
        }
        return new PostgresqlConnectionFactory(builder.build());
    }

    /** What a session of the pool is set to from its start. */
    static Map<String, String> options(PoolName name, DatabaseSettings settings) {
        Map<String, String> options = new HashMap<>(Map.of(
                "role", "sluice_app",
                "statement_timeout", Long.toString(settings.statementLimit().toMillis()),
                "idle_in_transaction_session_timeout", "60000",
                "lock_timeout", "5000",
                "TimeZone", "UTC"));
        if (name == PoolName.COMMANDS || name == PoolName.JOBS) {
            options.putAll(POINT_LOOKUPS);
        }
        return options;
    }

    private void watch(PoolName name, DatabaseSettings.PoolSize size, PoolMetrics metrics) {
        gauge(name, "minimum", metrics, _ -> size.minimum());
        gauge(name, "acquired", metrics, PoolMetrics::acquiredSize);
        gauge(name, "idle", metrics, PoolMetrics::idleSize);
        gauge(name, "waiting", metrics, PoolMetrics::pendingAcquireSize);
        gauge(name, "total", metrics, PoolMetrics::allocatedSize);
        gauge(name, "maximum", metrics, PoolMetrics::getMaxAllocatedSize);
    }

    private void gauge(PoolName name, String state, PoolMetrics metrics, ToDoubleFunction<PoolMetrics> figure) {
        Gauge.builder("sluice_db_pool", metrics, figure)
                .tag("pool", name.word())
                .tag("state", state)
                .register(meters);
    }

    /** A connection; a refused one is tried again after 200 and 400 ms. */
    Mono<Connection> acquire(PoolName name) {
        Guarded guarded = pool(name);
        return Mono.defer(() -> {
            long start = System.nanoTime();
            var handover = new Handover();
            return guarded.pool()
                    .create()
                    .onErrorMap(error -> isUnopened(error, guarded.pool()), Pools::unopened)
                    .doOnNext(handover::given)
                    .doOnNext(_ -> guarded.acquire().record(Duration.ofNanos(System.nanoTime() - start)))
                    .transformDeferred(CircuitBreakerOperator.of(guarded.breaker()))
                    .retryWhen(
                            Retry.backoff(2, Duration.ofMillis(200)).jitter(0).filter(Pools::isRefused))
                    .onErrorMap(Exceptions::isRetryExhausted, Failures::lastCause)
                    .filter(_ -> handover.taken())
                    .doOnCancel(handover::cancelled);
        });
    }

    /** Brings a connection back that was given when its asker had gone: the breaker drops it without a word. */
    private static final class Handover {

        private enum State {
            WAITING,
            TAKEN,
            CANCELLED
        }

        private final AtomicReference<Object> state = new AtomicReference<>(State.WAITING);

        void given(Connection connection) {
            if (!state.compareAndSet(State.WAITING, connection)) {
                giveBack(connection);
            }
        }

        boolean taken() {
            Object given = state.get();
            return given instanceof Connection && state.compareAndSet(given, State.TAKEN);
        }

        void cancelled() {
            Object before = state.get();
            if (before != State.TAKEN && state.compareAndSet(before, State.CANCELLED)) {
                if (before instanceof Connection connection) {
                    giveBack(connection);
                }
            } else if (before != State.TAKEN) {
                cancelled();
            }
        }

        private static void giveBack(Connection connection) {
            Mono.from(connection.close()).subscribe(); // its pipeline is gone
        }
    }

    private static boolean isRefused(Throwable error) {
        return Failures.isAway(error)
                && !(error instanceof io.github.resilience4j.circuitbreaker.CallNotPermittedException)
                && !(error instanceof R2dbcTimeoutException);
    }

    DatabaseFigures.PoolFigures figures(PoolName name) {
        Guarded guarded = pool(name);
        return guarded.pool()
                .getMetrics()
                .map(it -> figures(it, settings.sizeOf(name), guarded.acquire()))
                .orElseThrow(() -> new IllegalStateException("the pool " + name.word() + " has no figures"));
    }

    private static DatabaseFigures.PoolFigures figures(PoolMetrics now, DatabaseSettings.PoolSize size, Timer acquire) {
        return new DatabaseFigures.PoolFigures(
                now.allocatedSize(),
                now.acquiredSize(),
                now.idleSize(),
                now.pendingAcquireSize(),
                size.minimum(),
                now.getMaxAllocatedSize(),
                acquire.count(),
                acquire.mean(TimeUnit.MILLISECONDS));
    }

    private Guarded pool(PoolName name) {
        Guarded guarded = pools.get(name);
        if (guarded == null) {
            throw new IllegalStateException("no pool " + name.word());
        }
        return guarded;
    }

    Mono<Void> close() {
        return Flux.fromIterable(pools.values())
                .flatMap(it -> it.pool().disposeLater(), pools.size())
                .then();
    }
}
