package io.sluice.cache.redis;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sluice.cache.Cached.Level;
import java.util.EnumMap;
import java.util.Map;
import reactor.core.publisher.Mono;

/** The cache's figures. */
final class CacheMeters {

    /** What a level answered with. */
    enum Result {
        VALUE,
        ABSENT,
        FAILED
    }

    private final Map<Level, Map<Result, Counter>> requests = new EnumMap<>(Level.class);
    private final Timer loads;
    private final Counter errors;

    CacheMeters(MeterRegistry meters) {
        for (Level level : Level.values()) {
            requests.put(level, requests(meters, level));
        }
        this.loads = Timer.builder("sluice_cache_load_seconds")
                .description("Loaders, whatever came of them")
                .publishPercentileHistogram()
                .register(meters);
        this.errors = Counter.builder("sluice_cache_errors_total")
                .description("Cache operations that failed and were passed over")
                .register(meters);
    }

    private static Map<Result, Counter> requests(MeterRegistry meters, Level level) {
        Map<Result, Counter> results = new EnumMap<>(Result.class);
        for (Result result : Result.values()) {
            results.put(
                    result,
                    Counter.builder("sluice_cache_requests_total")
                            .tag("level", level.word())
                            .tag("result", result.name().toLowerCase(java.util.Locale.ROOT))
                            .register(meters));
        }
        return results;
    }

    void answered(Answer answer) {
        count(answer.level(), answer.held().value() == null ? Result.ABSENT : Result.VALUE);
    }

    void failed(Level level) {
        count(level, Result.FAILED);
    }

    private void count(Level level, Result result) {
        Map<Result, Counter> results = requests.get(level);
        Counter counter = results == null ? null : results.get(result);
        if (counter != null) {
            counter.increment();
        }
    }

    void error() {
        errors.increment();
    }

    <T> Mono<T> timed(Mono<T> load) {
        return Mono.defer(() -> {
            Timer.Sample start = Timer.start();
            return load.doFinally(_ -> start.stop(loads));
        });
    }
}
