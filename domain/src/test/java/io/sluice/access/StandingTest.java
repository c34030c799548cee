package io.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shared.Problem;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StandingTest {

    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    private static Standing standing(TenantStatus tenant, AccountStatus status, boolean open, Grant... grants) {
        return new Standing(new UUID(0, 1), "ann", tenant, status, open, NOON.plusSeconds(3600), List.of(grants));
    }

    private static Grant within(@Nullable Instant from, @Nullable Instant until) {
        return new Grant(Role.VIEWER, Scope.all(), Scope.all(), Scope.all(), Scope.all(), from, until);
    }

    private static void assertRefused(Standing standing, Instant now, String code) {
        assertThatThrownBy(() -> standing.requireActive(now))
                .isInstanceOfSatisfying(Problem.Unauthenticated.class, it -> assertThat(it.code())
                        .isEqualTo(code));
    }

    @Test
    void letsAnOpenSessionOfAnActiveUserAct() {
        Standing active = standing(TenantStatus.ACTIVE, AccountStatus.ACTIVE, true);

        assertThatNoException().isThrownBy(() -> active.requireActive(NOON));
    }

    @Test
    void saysWhyASessionMayNotAct() {
        Standing ended = standing(TenantStatus.ACTIVE, AccountStatus.ACTIVE, false);
        Standing over = standing(TenantStatus.ACTIVE, AccountStatus.ACTIVE, true);
        Standing disabled = standing(TenantStatus.ACTIVE, AccountStatus.DISABLED, true);
        Standing suspended = standing(TenantStatus.SUSPENDED, AccountStatus.ACTIVE, true);

        assertRefused(ended, NOON, "session-ended");
        assertRefused(over, NOON.plusSeconds(3600), "session-ended");
        assertRefused(disabled, NOON, "user-disabled");
        assertRefused(suspended, NOON, "tenant-suspended");
    }

    @Test
    void changesWhenTheNextGrantBeginsOrEnds() {
        Standing standing = standing(
                TenantStatus.ACTIVE,
                AccountStatus.ACTIVE,
                true,
                within(NOON.minusSeconds(60), NOON.plusSeconds(600)),
                within(NOON.plusSeconds(300), null));

        assertThat(standing.unchangedUntil(NOON)).isEqualTo(NOON.plusSeconds(300));
        assertThat(standing.unchangedUntil(NOON.plusSeconds(300))).isEqualTo(NOON.plusSeconds(600));
        assertThat(standing.unchangedUntil(NOON.plusSeconds(600))).isEqualTo(NOON.plusSeconds(3600));
    }
}
