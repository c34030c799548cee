package io.sluice.log.rsocket;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** New connections of an address: too many in a minute block it for a while, before anybody asks who it is. */
final class ConnectLimit {

    private static final Duration WINDOW = Duration.ofSeconds(60);
    private static final long ADDRESSES = 100_000;

    private final int limit;
    private final Duration block;
    private final Cache<String, AtomicInteger> counts;
    private final Cache<String, Boolean> blocked;

    ConnectLimit(int limit, Duration block) {
        this(limit, block, Ticker.systemTicker());
    }

    ConnectLimit(int limit, Duration block, Ticker ticker) {
        this.limit = limit;
        this.block = block;
        this.counts = Caffeine.newBuilder()
                .maximumSize(ADDRESSES)
                .expireAfterWrite(WINDOW)
                .ticker(ticker)
                .build();
        this.blocked = Caffeine.newBuilder()
                .maximumSize(ADDRESSES)
                .expireAfterWrite(block)
                .ticker(ticker)
                .build();
    }

    boolean admits(String address) {
        if (blocked.getIfPresent(address) != null) {
            return false;
        }
        if (counts.get(address, _ -> new AtomicInteger()).incrementAndGet() > limit) {
            blocked.put(address, true);
            counts.invalidate(address);
            return false;
        }
        return true;
    }

    Duration block() {
        return block;
    }
}
