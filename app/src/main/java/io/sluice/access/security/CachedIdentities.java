package io.sluice.access.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.access.AccessEvents;
import io.sluice.access.Grant;
import io.sluice.access.Principal;
import io.sluice.access.Sessions;
import io.sluice.access.SignIn;
import io.sluice.access.Tokens;
import io.sluice.access.security.WatchedSession.Known;
import io.sluice.access.security.WatchedSession.Mark;
import io.sluice.log.Caller;
import io.sluice.log.FollowedTenants;
import io.sluice.log.LogFollower;
import io.sluice.log.Recorded;
import io.sluice.shared.TenantId;
import io.sluice.web.Identities;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import reactor.core.publisher.Mono;

/**
 * Verifies a token once and remembers it; knows what its session may do from one read, which the log's events make
 * void at once. Where the tenant's log is not followed here, a read is good for {@code recheck}; in the second half
 * of that time the next one runs in the background. A request in between costs one look-up and allocates nothing.
 */
final class CachedIdentities implements Identities, LogFollower, Ordered {

    private static final int MOST = 100_000;
    private static final int READS = 5;
    private static final Duration FOLLOWED = Duration.ofSeconds(30);
    private static final Set<String> OF_ACCOUNT = Set.of(
            AccessEvents.SESSION_ENDED.name(),
            AccessEvents.GRANTS_CHANGED.name(),
            AccessEvents.USER_STATUS_CHANGED.name());
    private static final String USER_TOPIC = "user:";

    private final Cache<String, Held> tokens = Caffeine.newBuilder()
            .maximumSize(MOST)
            .expireAfterWrite(SignIn.ACCESS_LIFE)
            .build();
    private final Cache<SessionKey, WatchedSession> sessions = Caffeine.newBuilder()
            .maximumSize(MOST)
            .expireAfterAccess(SignIn.ACCESS_LIFE)
            .build();
    private final Cache<Object, Mark> marks = Caffeine.newBuilder().weakValues().build();
    private final Tokens verifier;
    private final Sessions reader;
    private final FollowedTenants followed;
    private final long recheck;
    private final Clock clock;

    CachedIdentities(Tokens verifier, Sessions reader, FollowedTenants followed, Duration recheck, Clock clock) {
        this.verifier = verifier;
        this.reader = reader;
        this.followed = followed;
        this.recheck = recheck.toNanos();
        this.clock = clock;
    }

    private record SessionKey(TenantId tenant, UUID session) {}

    private record AccountKey(TenantId tenant, UUID account) {}

    /** The answer for a token as long as its grants stay the same list. */
    private record Answer(List<Grant> grants, Mono<Principal> principal) {}

    /** A verified token with its last answer. */
    private static final class Held {
        private final WatchedSession session;
        private final Instant expiresAt;
        private final long expiresAtMillis;
        private volatile @Nullable Answer answer;

        Held(WatchedSession session, Instant expiresAt) {
            this.session = session;
            this.expiresAt = expiresAt;
            this.expiresAtMillis = expiresAt.toEpochMilli();
        }

        Mono<Principal> answer(Known known) {
            if (known.problem() != null) {
                return Mono.error(known.problem());
            }
            Answer last = answer;
            if (last == null || last.grants() != known.grants()) {
                last = new Answer(known.grants(), Mono.just(session.principal(known, expiresAt)));
                answer = last;
            }
            return last.principal();
        }
    }

    @Override
    public Mono<Principal> require(String accessToken) {
        Held held = tokens.getIfPresent(accessToken);
        return held == null
                ? verifier.verify(accessToken)
                        .map(access -> hold(accessToken, access))
                        .flatMap(this::answer)
                : answer(held);
    }

    private Held hold(String token, Tokens.Access access) {
        Held held = held(access);
        tokens.put(token, held);
        return held;
    }

    private Held held(Tokens.Access access) {
        return new Held(watch(access.tenant(), access.account(), access.session()), access.expiresAt());
    }

    @Override
    public Mono<Principal> require(Tokens.Access access) {
        return Mono.defer(() -> answer(held(access)));
    }

    private WatchedSession watch(TenantId tenant, UUID account, UUID session) {
        return sessions.get(
                new SessionKey(tenant, session),
                _ -> new WatchedSession(tenant, account, session, mark(new AccountKey(tenant, account)), mark(tenant)));
    }

    private Mark mark(Object key) {
        return marks.get(key, _ -> new Mark());
    }

    private Mono<Principal> answer(Held held) {
        long now = clock.millis();
        if (now >= held.expiresAtMillis) {
            return Mono.error(JoseTokens::expired);
        }
        Known known = current(held.session, now);
        return known == null ? read(held.session).flatMap(held::answer) : held.answer(known);
    }

    /** The same principal when its rights are unchanged. */
    @Override
    public Mono<Principal> renew(Principal principal) {
        long now = clock.millis();
        if (now >= principal.expiresAt().toEpochMilli()) {
            return Mono.error(JoseTokens::expired);
        }
        WatchedSession session = watch(principal.tenant(), principal.account(), principal.session());
        Known known = current(session, now);
        return known == null
                ? read(session).flatMap(it -> renewed(principal, session, it))
                : renewed(principal, session, known);
    }

    private static Mono<Principal> renewed(Principal principal, WatchedSession session, Known known) {
        if (known.problem() != null) {
            return Mono.error(known.problem());
        }
        return Mono.just(
                known.grants().equals(principal.grants())
                        ? principal
                        : session.principal(known, principal.expiresAt()));
    }

    private @Nullable Known current(WatchedSession session, long now) {
        long limit = followed.follows(session.tenant()) ? FOLLOWED.toNanos() : recheck;
        Known known = session.known(limit, now);
        if (known != null && known.age() > limit / 2 && !session.isBeingRead()) {
            once(session).toFuture(); // nobody waits for it: what is known is still good
        }
        return known;
    }

    /** A read that was under way when its outcome became void is not the last word. */
    private Mono<Known> read(WatchedSession session) {
        return once(session).filter(known -> !session.isVoid(known)).repeatWhenEmpty(READS, again -> again);
    }

    private Mono<Known> once(WatchedSession session) {
        return session.join(Mono.defer(() -> {
            long readAt = System.nanoTime();
            return reader.findStanding(session.id())
                    .map(standing -> Known.of(standing, readAt, clock.instant(), session.last()))
                    .switchIfEmpty(Mono.fromSupplier(() -> Known.of(null, readAt, clock.instant(), null)))
                    .contextWrite(
                            context -> context.put(Caller.class, Caller.system(session.tenant(), "access.recheck")));
        }));
    }

    @Override
    public void passed(TenantId tenant, List<Recorded> events) {
        for (Recorded event : events) {
            if (OF_ACCOUNT.contains(event.type())) {
                event.topics().forEach(topic -> voidAccount(tenant, topic));
            } else if (event.type().equals(AccessEvents.TENANT_STATUS_CHANGED.name())) {
                lost(tenant);
            }
        }
    }

    private void voidAccount(TenantId tenant, String topic) {
        if (topic.startsWith(USER_TOPIC)) {
            voidMark(new AccountKey(tenant, UUID.fromString(topic.substring(USER_TOPIC.length()))));
        }
    }

    @Override
    public void lost(TenantId tenant) {
        voidMark(tenant);
    }

    private void voidMark(Object key) {
        Mark mark = marks.getIfPresent(key);
        if (mark != null) {
            mark.voidNow();
        }
    }

    /** Before everything that delivers events: who asks for rights on seeing one gets those after it. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }
}
