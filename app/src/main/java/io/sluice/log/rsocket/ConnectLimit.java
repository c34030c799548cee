package io.sluice.log.rsocket;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** New connections of an address: too many in a minute block it for a while, before anybody asks who it is. */
final class ConnectLimit {

    private static final Duration WINDOW = Duration.ofSeconds(60);
    private static final long ADDRESSES = 100_000;

    private final int limit;
    private final Duration block;
    private final Cache<String, AtomicInteger> counts =
            Caffeine.newBuilder().maximumSize(ADDRESSES).expireAfterWrite(WINDOW).build();
    private final Cache<String, Boolean> blocked;

    ConnectLimit(int limit, Duration block) {
        this.limit = limit;
        this.block = block;
        this.blocked = Caffeine.newBuilder().maximumSize(ADDRESSES).expireAfterWrite(block).build();
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
