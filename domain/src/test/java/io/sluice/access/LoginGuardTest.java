package io.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LoginGuardTest {

    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    private static LoginGuard failed(int times, Duration apart) {
        return Stream.iterate(0, i -> i < times, i -> i + 1)
                .map(i -> NOON.plus(apart.multipliedBy(i)))
                .reduce(LoginGuard.clean("ann"), LoginGuard::failed, (_, last) -> last);
    }

    @Test
    void staysOpenAfterNineFailures() {
        assertThat(failed(9, Duration.ofSeconds(1)).isLocked(NOON.plusSeconds(9)))
                .isFalse();
    }

    @Test
    void locksForFifteenMinutesAtTheTenth() {
        LoginGuard guard = failed(10, Duration.ofSeconds(1));

        assertThat(guard.isLocked(NOON.plusSeconds(9 + 899))).isTrue();
        assertThat(guard.isLocked(NOON.plusSeconds(9 + 900))).isFalse();
    }

    @Test
    void forgetsFailuresAfterFifteenMinutes() {
        assertThat(failed(30, Duration.ofMinutes(2)).lockedUntil()).isNull();
    }

    @Test
    void countsAnewAfterALock() {
        LoginGuard guard = failed(10, Duration.ofSeconds(1)).failed(NOON.plusSeconds(1000));

        assertThat(guard.failures()).hasSize(1);
        assertThat(guard.isLocked(NOON.plusSeconds(1000))).isFalse();
    }
}
