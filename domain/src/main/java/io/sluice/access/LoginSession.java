package io.sluice.access;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One sign-in: lives 14 days without use, 30 in all; its refresh token is good for one use, the generation's. */
public record LoginSession(
        UUID id,
        UUID account,
        Kind kind,
        int generation,
        Instant lastSeenAt,
        Instant expiresAt,
        @Nullable Instant endedAt,
        @Nullable String endReason,
        @Nullable String address,
        @Nullable String userAgent,
        Instant createdAt) {

    public static final Duration IDLE = Duration.ofDays(14);
    public static final Duration LIFE = Duration.ofDays(30);

    /** By what its owner proved who he is. */
    public enum Kind {
        PASSWORD,
        OIDC
    }

    /** What a refresh token brings about. */
    public sealed interface Refresh {

        /** A new pair of tokens, the old one is spent. */
        record Rotated(LoginSession session) implements Refresh {}

        /** The session ends: the token was used before, or its time is over. */
        record Ended(LoginSession session) implements Refresh {}

        /** Nothing: the session is over already. */
        record Gone() implements Refresh {}
    }

    static LoginSession start(UUID id, UUID account, Origin origin, Instant now) {
        return new LoginSession(
                id,
                account,
                Kind.PASSWORD,
                1,
                now,
                now.plus(LIFE),
                null,
                null,
                origin.address(),
                origin.userAgent(),
                now);
    }

    public boolean isOpen(Instant now) {
        return endedAt == null && now.isBefore(expiresAt) && now.isBefore(lastSeenAt.plus(IDLE));
    }

    Refresh refresh(int presented, Instant now) {
        if (endedAt != null) {
            return new Refresh.Gone();
        }
        if (presented != generation) {
            return new Refresh.Ended(end("reuse", now));
        }
        if (!isOpen(now)) {
            return new Refresh.Ended(end("expired", now));
        }
        return new Refresh.Rotated(new LoginSession(
                id, account, kind, generation + 1, now, expiresAt, null, null, address, userAgent, createdAt));
    }

    /** The ended session; itself when it ended before. */
    LoginSession end(String reason, Instant now) {
        return endedAt != null
                ? this
                : new LoginSession(
                        id,
                        account,
                        kind,
                        generation,
                        lastSeenAt,
                        expiresAt,
                        now,
                        reason,
                        address,
                        userAgent,
                        createdAt);
    }
}
