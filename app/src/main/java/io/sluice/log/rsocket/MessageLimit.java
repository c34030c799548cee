package io.sluice.log.rsocket;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.access.Principal;
import io.sluice.shared.Problem;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** Messages of a user's clients in the running minute; over the limit they are refused until it is over. */
final class MessageLimit {

    private static final Duration WINDOW = Duration.ofSeconds(60);

    private final int limit;
    private final Cache<UUID, AtomicInteger> counts =
            Caffeine.newBuilder().maximumSize(100_000).expireAfterWrite(WINDOW).build();

    MessageLimit(int limit) {
        this.limit = limit;
    }

    boolean admits(Principal principal) {
        return counts.get(principal.account(), _ -> new AtomicInteger()).incrementAndGet() <= limit;
    }

    Problem refusal() {
        return new Problem.TooMany("message-limit", "at most " + limit + " messages a minute", WINDOW);
    }
}
