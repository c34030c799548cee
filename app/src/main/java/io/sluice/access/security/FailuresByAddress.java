package io.sluice.access.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.access.AddressGuard;
import io.sluice.access.LoginGuard;
import io.sluice.shared.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Counts failed logins by address in this node's memory, for 100,000 addresses: a node counts only what it sees, so
 * an address gets the limit once on each node. The guard by name, which is what protects an account, holds over all.
 */
final class FailuresByAddress implements AddressGuard {

    private static final Duration WINDOW = LoginGuard.WINDOW;
    private static final int ADDRESSES = 100_000;

    private final Cache<String, Deque<Instant>> failures = Caffeine.newBuilder()
            .maximumSize(ADDRESSES)
            .expireAfterWrite(WINDOW)
            .build();
    private final int limit;
    private final Clock clock;

    FailuresByAddress(int limit, Clock clock) {
        this.limit = limit;
        this.clock = clock;
    }

    @Override
    public void require(String address) {
        Deque<Instant> known = failures.getIfPresent(address);
        if (known != null) {
            requireFewer(known);
        }
    }

    private void requireFewer(Deque<Instant> known) {
        Instant now = clock.instant();
        synchronized (known) {
            drop(known, now);
            if (known.size() >= limit) {
                Duration wait = Duration.between(now, known.getFirst().plus(WINDOW));
                throw new Problem.TooMany("too-many-failures", "too many failed logins from this address", wait);
            }
        }
    }

    @Override
    public void failed(String address) {
        Instant now = clock.instant();
        failures.asMap().compute(address, (_, known) -> added(known == null ? new ArrayDeque<>() : known, now));
    }

    private Deque<Instant> added(Deque<Instant> known, Instant now) {
        synchronized (known) {
            drop(known, now);
            known.addLast(now);
            while (known.size() > limit) {
                known.removeFirst();
            }
            return known;
        }
    }

    private static void drop(Deque<Instant> known, Instant now) {
        while (!known.isEmpty() && !known.getFirst().plus(WINDOW).isAfter(now)) {
            known.removeFirst();
        }
    }
}
