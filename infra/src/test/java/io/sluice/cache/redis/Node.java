package io.sluice.cache.redis;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.cache.CacheKey;
import io.sluice.cache.CachePolicy;
import io.sluice.cache.Cached;
import io.sluice.cache.Codec;
import io.sluice.redis.Redis;
import reactor.core.publisher.Mono;

/** A node's cache with all that belongs to it. */
final class Node implements AutoCloseable {

    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final SettableClock clock = new SettableClock();
    final Touches touches = new Touches(100);
    final Refreshes refreshes = new Refreshes();
    final TieredCache cache;

    Node(Redis redis, CacheSettings settings) {
        var meters = new CacheMeters(registry);
        var entries = new RedisEntries(redis, settings.lease(), meters);
        this.cache = new TieredCache(touches, entries, refreshes, meters, settings, clock);
        refreshes.start();
    }

    Mono<Cached<String>> get(CacheKey key, CachePolicy policy, Mono<String> loader) {
        return cache.get(key, policy, Codec.TEXT, loader);
    }

    Mono<Cached<String>> get(CacheKey key, Mono<String> loader) {
        return get(key, CachePolicy.STANDARD, loader);
    }

    double requests(String level, String result) {
        return registry.get("sluice_cache_requests_total")
                .tags("level", level, "result", result)
                .counter()
                .count();
    }

    double errors() {
        return registry.get("sluice_cache_errors_total").counter().count();
    }

    @Override
    public void close() {
        refreshes.stop();
        refreshes.close();
    }
}
