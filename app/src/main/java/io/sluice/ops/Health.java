package io.sluice.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.log.hub.Hub;
import io.sluice.log.hub.Tails;
import io.sluice.postgres.DatabaseFigures;
import io.sluice.postgres.DatabaseFigures.ConnectionFigures;
import io.sluice.postgres.DatabaseFigures.PoolFigures;
import io.sluice.redis.RedisHealth;
import io.sluice.web.Requests;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Looks at everything that the node needs; a look serves everybody who asks within a second. */
@Component
final class Health {

    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration UNFOLLOWED = Duration.ofSeconds(30);
    private static final double CROWDED = 0.8;

    private final DatabaseFigures database;
    private final RedisHealth redis;
    private final Tails tails;
    private final Hub hub;
    private final Requests requests;
    private final MeterRegistry meters;
    private final Clock clock;
    private final Mono<Report> latest;
    private volatile Sent sent = new Sent(0, System.nanoTime());

    Health(
            DatabaseFigures database,
            RedisHealth redis,
            Tails tails,
            Hub hub,
            Requests requests,
            MeterRegistry meters,
            Clock clock) {
        this.database = database;
        this.redis = redis;
        this.tails = tails;
        this.hub = hub;
        this.requests = requests;
        this.meters = meters;
        this.clock = clock;
        this.latest = Mono.defer(this::look).cache(FRESH);
    }

    record Report(
            HealthState status,
            DatabaseHealth database,
            RedisState redis,
            LogHealth log,
            StreamHealth streams,
            double uptimeSeconds,
            Instant at) {}

    record DatabaseHealth(
            HealthState status,
            Map<String, PoolFigures> pools,
            @Nullable ConnectionFigures connections) {}

    record RedisState(HealthState status) {}

    record LogHealth(HealthState status, double sinceFollowedSeconds) {}

    /** @param utilisation of the node's connections, from 0 to 1 */
    record StreamHealth(HealthState status, int total, int maximum, double utilisation, double framesPerSecond) {}

    private record Sent(double frames, long at) {}

    Mono<Report> report() {
        return latest;
    }

    /** True when the node takes requests: it has started, does not stop, and has its database. */
    Mono<Boolean> isReady() {
        return requests.isRunning() && !requests.isClosed()
                ? latest.map(report -> report.database().status() != HealthState.CRITICAL)
                : Mono.just(false);
    }

    private Mono<Report> look() {
        return Mono.zip(connections(), redis.available()).map(both -> report(both.getT1(), both.getT2()));
    }

    private Mono<Optional<ConnectionFigures>> connections() {
        return database.connections()
                .map(Optional::of)
                .timeout(PATIENCE)
                .onErrorResume(_ -> Mono.just(Optional.empty()));
    }

    private Report report(Optional<ConnectionFigures> connections, boolean redisAnswers) {
        var databaseHealth = new DatabaseHealth(
                connections.isEmpty() ? HealthState.CRITICAL : stateOf(database.pools()),
                database.pools(),
                connections.orElse(null));
        var redisState = new RedisState(redisAnswers ? HealthState.OK : HealthState.WARNING);
        LogHealth log = log(tails.sinceFollowed());
        StreamHealth streams = streams(hub.count(), hub.limit());
        return new Report(
                databaseHealth
                        .status()
                        .and(redisState.status())
                        .and(log.status())
                        .and(streams.status()),
                databaseHealth,
                redisState,
                log,
                streams,
                ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0,
                clock.instant());
    }

    private static HealthState stateOf(Map<String, PoolFigures> pools) {
        return pools.values().stream().anyMatch(pool -> pool.waiting() > 0) ? HealthState.WARNING : HealthState.OK;
    }

    private static LogHealth log(Duration since) {
        return new LogHealth(
                since.compareTo(UNFOLLOWED) > 0 ? HealthState.CRITICAL : HealthState.OK, since.toMillis() / 1000.0);
    }

    private StreamHealth streams(int total, int maximum) {
        double utilisation = maximum == 0 ? 1 : (double) total / maximum;
        return new StreamHealth(
                utilisation > CROWDED ? HealthState.WARNING : HealthState.OK,
                total,
                maximum,
                Math.round(utilisation * 10_000) / 10_000.0,
                framesPerSecond());
    }

    /** Since the look before. */
    private double framesPerSecond() {
        double frames = meters.find("sluice_stream_messages_total").tag("direction", "out").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
        Sent before = sent;
        Sent now = new Sent(frames, System.nanoTime());
        sent = now;
        return Math.round((now.frames() - before.frames()) * 1e10 / Math.max(1, now.at() - before.at())) / 10.0;
    }
}
