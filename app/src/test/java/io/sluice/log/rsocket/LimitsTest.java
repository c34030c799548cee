package io.sluice.log.rsocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.access.Principal;
import io.sluice.shared.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LimitsTest {

    private long now;

    private void later(Duration duration) {
        now += duration.toNanos();
    }

    private static Principal somebody() {
        return new Principal(
                new TenantId(UUID.randomUUID()),
                UUID.randomUUID(),
                UUID.randomUUID(),
                "x",
                List.of(),
                Instant.EPOCH,
                Instant.MAX);
    }

    @Test
    void blocksAnAddressAfterItsHundredthConnect() {
        var limit = new ConnectLimit(100, Duration.ofSeconds(300), () -> now);

        assertThat(IntStream.range(0, 100)).allMatch(_ -> limit.admits("a"));
        assertThat(limit.admits("a")).isFalse();
        assertThat(limit.admits("b")).isTrue();

        later(Duration.ofSeconds(299));
        assertThat(limit.admits("a")).isFalse();
        later(Duration.ofSeconds(2));
        assertThat(limit.admits("a")).isTrue();
    }

    @Test
    void countsConnectsAnewEachMinute() {
        var limit = new ConnectLimit(2, Duration.ofSeconds(300), () -> now);
        limit.admits("a");
        limit.admits("a");

        later(Duration.ofSeconds(61));

        assertThat(limit.admits("a")).isTrue();
    }

    @Test
    void refusesAUsersMessagesForAMinute() {
        var limit = new MessageLimit(100, () -> now);
        Principal user = somebody();

        assertThat(IntStream.range(0, 100)).allMatch(_ -> limit.check(user).isEmpty());
        later(Duration.ofSeconds(30));
        assertThat(limit.check(user))
                .hasValueSatisfying(it -> assertThat(it.code()).isEqualTo("message-limit"));
        assertThat(limit.check(somebody())).isEmpty();

        later(Duration.ofSeconds(59));
        assertThat(limit.check(user)).isPresent();
        later(Duration.ofSeconds(2));
        assertThat(limit.check(user)).isEmpty();
    }
}
