package io.sluice.access.security;

import io.sluice.access.Grant;
import io.sluice.access.Principal;
import io.sluice.access.Standing;
import io.sluice.shared.Problem;
import io.sluice.shared.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** What this node knows of one session, and the one read that is under way to know it better. */
final class WatchedSession {

    /** When what is known of an account or a tenant became void. Shared by all its sessions. */
    static final class Mark {
        private volatile boolean ever;
        private volatile long at;

        void voidNow() {
            at = System.nanoTime();
            ever = true;
        }

        private boolean voids(long readAt) {
            return ever && at - readAt >= 0;
        }
    }

    /**
     * The outcome of one read.
     *
     * @param at when it was read
     * @param readAt nano time before the read began
     * @param changesAt when a grant next begins or ends
     * @param problem why the session may not act; null when it may
     */
    record Known(
            Instant at,
            long readAt,
            long changesAt,
            String username,
            List<Grant> grants,
            @Nullable Problem problem) {

        static Known of(@Nullable Standing standing, long readAt, Instant now, @Nullable Known before) {
            if (standing == null) {
                return new Known(now, readAt, Long.MAX_VALUE, "", List.of(), Standing.sessionEnded());
            }
            List<Grant> valid = standing.grants().stream()
                    .filter(grant -> grant.isValid(now))
                    .toList();
            List<Grant> same = before != null && before.grants().equals(valid) ? before.grants() : valid;
            return new Known(
                    now,
                    readAt,
                    standing.unchangedUntil(now).toEpochMilli(),
                    standing.username(),
                    same,
                    problemOf(standing, now));
        }

        private static @Nullable Problem problemOf(Standing standing, Instant now) {
            try {
                standing.requireActive(now);
                return null;
            } catch (Problem problem) {
                return problem;
            }
        }

        long age() {
            return System.nanoTime() - readAt;
        }
    }

    private final TenantId tenant;
    private final UUID account;
    private final UUID id;
    private final Mark accountMark;
    private final Mark tenantMark;
    private final AtomicReference<@Nullable Mono<Known>> reading = new AtomicReference<>();
    private volatile @Nullable Known known;

    WatchedSession(TenantId tenant, UUID account, UUID id, Mark accountMark, Mark tenantMark) {
        this.tenant = tenant;
        this.account = account;
        this.id = id;
        this.accountMark = accountMark;
        this.tenantMark = tenantMark;
    }

    TenantId tenant() {
        return tenant;
    }

    UUID id() {
        return id;
    }

    /** What is known, unless it is older than the limit, void, or out of its time. */
    @Nullable
    Known known(long limitNanos, long nowMillis) {
        Known it = known;
        return it == null || it.age() >= limitNanos || nowMillis >= it.changesAt() || isVoid(it) ? null : it;
    }

    boolean isVoid(Known it) {
        return accountMark.voids(it.readAt()) || tenantMark.voids(it.readAt());
    }

    boolean isBeingRead() {
        return reading.get() != null;
    }

    @Nullable
    Known last() {
        return known;
    }

    /** The read that is under way, or this one from now on: it goes on when those who wait for it leave. */
    Mono<Known> join(Mono<Known> read) {
        return Mono.defer(() -> {
            Mono<Known> mine = read.doOnNext(it -> known = it)
                    .doFinally(_ -> reading.set(null))
                    .cache();
            Mono<Known> running = reading.compareAndExchange(null, mine);
            return running == null ? mine : running;
        });
    }

    Principal principal(Known it, Instant expiresAt) {
        return new Principal(tenant, account, id, it.username(), it.grants(), it.at(), expiresAt);
    }
}
