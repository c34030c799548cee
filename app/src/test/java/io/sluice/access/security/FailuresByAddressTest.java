package io.sluice.access.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shared.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class FailuresByAddressTest {

    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    private Instant now = NOON;
    private final FailuresByAddress failures = new FailuresByAddress(3, new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    });

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            failures.failed("192.0.2.1");
        }
    }

    @Test
    void refusesAnAddressWithTooManyFailuresAndNoOther() {
        fail(3);

        assertThatThrownBy(() -> failures.require("192.0.2.1"))
                .isInstanceOfSatisfying(
                        Problem.TooMany.class, it -> assertThat(it.retryAfter()).isEqualTo(Duration.ofMinutes(15)));
        assertThatNoException().isThrownBy(() -> failures.require("192.0.2.2"));
    }

    @Test
    void forgetsFailuresAfterFifteenMinutes() {
        fail(3);
        now = NOON.plus(Duration.ofMinutes(15));

        assertThatNoException().isThrownBy(() -> failures.require("192.0.2.1"));
    }

    @Test
    void letsFewerFailuresPass() {
        fail(2);

        assertThatNoException().isThrownBy(() -> failures.require("192.0.2.1"));
    }
}
