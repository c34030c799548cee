package io.sluice.log.rsocket;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.sluice.access.Principal;
import io.sluice.shared.Problem;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** Messages of a user's clients in the running minute; over the limit they are refused until it is over. */
final class MessageLimit {

    private static final Duration WINDOW = Duration.ofSeconds(60);
    private static final long USERS = 100_000;

    private final int limit;
    private final Cache<UUID, AtomicInteger> counts;
    private final Cache<UUID, Boolean> refused;

    MessageLimit(int limit) {
        this(limit, Ticker.systemTicker());
    }

    MessageLimit(int limit, Ticker ticker) {
        this.limit = limit;
        this.counts = Caffeine.newBuilder()
                .maximumSize(USERS)
                .expireAfterWrite(WINDOW)
                .ticker(ticker)
                .build();
        this.refused = Caffeine.newBuilder()
                .maximumSize(USERS)
                .expireAfterWrite(WINDOW)
                .ticker(ticker)
                .build();
    }

    /** Counts one message; says why it is refused, or nothing. */
    Optional<Problem> check(Principal principal) {
        UUID user = principal.account();
        if (refused.getIfPresent(user) != null) {
            return Optional.of(refusal());
        }
        if (counts.get(user, _ -> new AtomicInteger()).incrementAndGet() <= limit) {
            return Optional.empty();
        }
        refused.put(user, true);
        counts.invalidate(user);
        return Optional.of(refusal());
    }

    private Problem refusal() {
        return new Problem.TooMany("message-limit", "at most " + limit + " messages a minute", WINDOW);
    }
}
