package io.sluice.access;

import io.sluice.shared.Problem;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What decides whether a session may act now, and with which rights: read in one statement. */
public record Standing(
        UUID account,
        String username,
        TenantStatus tenant,
        AccountStatus status,
        boolean open,
        Instant expiresAt,
        List<Grant> grants) {

    public Standing {
        grants = List.copyOf(grants);
    }

    /** Passes when the session may act; else the problem {@code Unauthenticated} that says why not. */
    public Standing requireActive(Instant now) {
        if (!open || !now.isBefore(expiresAt)) {
            throw sessionEnded();
        }
        if (!status.mayAct()) {
            throw new Problem.Unauthenticated("user-disabled", "the user may not sign in");
        }
        if (tenant != TenantStatus.ACTIVE) {
            throw new Problem.Unauthenticated("tenant-suspended", "the tenant is suspended");
        }
        return this;
    }

    public static Problem sessionEnded() {
        return new Problem.Unauthenticated("session-ended", "the session has ended, sign in again");
    }

    /** When a grant next begins or ends, or the session ends; until then the rights stay as they are. */
    public Instant unchangedUntil(Instant now) {
        return grants.stream()
                .flatMap(grant -> Stream.of(boundary(grant.validFrom()), boundary(grant.validUntil())))
                .filter(now::isBefore)
                .reduce(expiresAt, (first, second) -> second.isBefore(first) ? second : first);
    }

    private static Instant boundary(@Nullable Instant at) {
        return at == null ? Instant.MIN : at;
    }
}
