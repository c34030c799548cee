package io.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.access.LoginSession.Refresh;
import io.sluice.log.Cause;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LoginSessionTest {

    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    private static final LoginSession SESSION =
            LoginSession.start(new UUID(0, 1), new UUID(0, 2), new Origin(Cause.of("test"), "192.0.2.1", null), NOON);

    @Test
    void goesOnWithTheNextGenerationForItsCurrentToken() {
        assertThat(SESSION.refresh(1, NOON.plusSeconds(60))).isInstanceOfSatisfying(Refresh.Rotated.class, it -> {
            assertThat(it.session().generation()).isEqualTo(2);
            assertThat(it.session().lastSeenAt()).isEqualTo(NOON.plusSeconds(60));
            assertThat(it.session().expiresAt()).isEqualTo(SESSION.expiresAt());
        });
    }

    @Test
    void endsWhenATokenIsUsedTwice() {
        LoginSession rotated = ((Refresh.Rotated) SESSION.refresh(1, NOON)).session();

        assertThat(rotated.refresh(1, NOON)).isInstanceOfSatisfying(Refresh.Ended.class, it -> assertThat(
                        it.session().endReason())
                .isEqualTo("reuse"));
    }

    @Test
    void endsAfterFourteenDaysWithoutUse() {
        assertThat(SESSION.refresh(1, NOON.plus(Duration.ofDays(14)).minusSeconds(1)))
                .isInstanceOf(Refresh.Rotated.class);
        assertThat(SESSION.refresh(1, NOON.plus(Duration.ofDays(14)))).isInstanceOf(Refresh.Ended.class);
    }

    @Test
    void endsAfterThirtyDaysHoweverMuchItIsUsed() {
        LoginSession used = ((Refresh.Rotated) SESSION.refresh(1, NOON.plus(Duration.ofDays(13)))).session();
        LoginSession usedAgain = ((Refresh.Rotated) used.refresh(2, NOON.plus(Duration.ofDays(26)))).session();

        assertThat(usedAgain.refresh(3, NOON.plus(Duration.ofDays(30)))).isInstanceOf(Refresh.Ended.class);
    }

    @Test
    void staysEndedForTheReasonThatEndedIt() {
        LoginSession ended = SESSION.end("logout", NOON);

        assertThat(ended.end("revoked", NOON.plusSeconds(1))).isSameAs(ended);
        assertThat(ended.refresh(1, NOON)).isInstanceOf(Refresh.Gone.class);
    }
}
