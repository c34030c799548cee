package io.sluice.access;

import static io.sluice.access.AccountStatus.ACTIVE;
import static io.sluice.access.AccountStatus.DISABLED;
import static io.sluice.access.AccountStatus.INVITED;
import static io.sluice.access.AccountStatus.LOCKED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shared.Problem;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AccountTest {

    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    private static final Profile ANN = new Profile("ann@example.org", "Ann", null, null);

    private static Account account(@Nullable String hash, Grant... grants) {
        PasswordHash password = hash == null ? null : new PasswordHash(hash);
        return Account.create(new UUID(0, 1), "ann", ANN, password, List.of(grants), NOON);
    }

    @Test
    void isInvitedUntilItHasAPassword() {
        assertThat(account(null).status()).isEqualTo(INVITED);
        assertThat(account("hash").status()).isEqualTo(ACTIVE);
    }

    @Test
    void isTheSameAfterAMoveToItsOwnStatus() {
        Account account = account("hash");

        assertThat(account.moved(DISABLED, ACTIVE)).isSameAs(account);
    }

    @Test
    void isDisabledAndEnabledWithAVersionEach() {
        Account disabled = account("hash").moved(ACTIVE, DISABLED);

        assertThat(disabled.status()).isEqualTo(DISABLED);
        assertThat(disabled.moved(DISABLED, ACTIVE).version()).isEqualTo(3);
    }

    @Test
    void refusesMovesThatAreNotListed() {
        assertThatThrownBy(() -> account(null).moved(ACTIVE, DISABLED))
                .isInstanceOfSatisfying(
                        Problem.Conflict.class, it -> assertThat(it.code()).isEqualTo("illegal-transition"));
        assertThatThrownBy(() -> account("hash").moved(ACTIVE, DISABLED).moved(LOCKED, ACTIVE))
                .isInstanceOf(Problem.Conflict.class);
    }

    @Test
    void refusesAVersionThatIsOver() {
        assertThatThrownBy(() -> account("hash").at(2)).isInstanceOf(Problem.Stale.class);
    }

    @Test
    void keepsItsGrantsWhenTheSameSetComesInAnotherOrder() {
        Account account = account("hash", Grant.of(Role.ADMIN), Grant.of(Role.LEGAL));

        assertThat(account.granted(List.of(Grant.of(Role.LEGAL), Grant.of(Role.ADMIN))))
                .isSameAs(account);
    }

    @Test
    void administersForGoodOnlyWithoutAnEndInSight() {
        Grant ending =
                new Grant(Role.ADMIN, Scope.all(), Scope.all(), Scope.all(), Scope.all(), null, NOON.plusSeconds(60));

        assertThat(account("hash", Grant.of(Role.ADMIN)).isLastingAdmin(NOON)).isTrue();
        assertThat(account("hash", ending).isLastingAdmin(NOON)).isFalse();
        assertThat(account("hash", Grant.of(Role.ADMIN)).moved(ACTIVE, DISABLED).isLastingAdmin(NOON))
                .isFalse();
    }

    @Test
    void neverShowsItsPassword() {
        assertThat(account("secret hash").toString()).doesNotContain("secret hash");
    }

    @Test
    void namesTheFieldsThatDiffer() {
        Account before = account("hash");
        Account after = before.described(new Profile("ann@example.org", "Anna", "de", null));

        assertThat(after.differences(before)).containsExactly("displayName", "locale");
    }
}
