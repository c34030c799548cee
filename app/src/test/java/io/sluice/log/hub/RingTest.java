package io.sluice.log.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RingTest {

    private static void fill(Ring ring, long from, long to) {
        LongStream.rangeClosed(from, to)
                .forEach(at -> ring.add(ScriptedLog.live(at, "stock.changed", "s" + at % 10, "stock")));
    }

    @Test
    void growsToItsLimitAndThenForgetsTheOldest() {
        var ring = new Ring(0, 4096, 1L << 30);

        fill(ring, 1, 3000);
        assertThat(ring.get(1)).isNotNull();
        fill(ring, 3001, 5000);

        assertThat(ring.get(5000 - 4096)).isNull();
        assertThat(ring.get(5000 - 4095)).isNotNull();
        assertThat(LongStream.rangeClosed(905, 5000))
                .allMatch(at -> ring.get(at) != null && ring.get(at).position() == at);
        assertThat(ring.get(5001)).isNull();
        assertThat(ring.head()).isEqualTo(5000);
    }

    @Test
    void staysUnderItsBytes() {
        var ring = new Ring(0, 1 << 16, 100_000);

        fill(ring, 1, 2000);

        assertThat(ring.bytes()).isLessThanOrEqualTo(100_000);
        assertThat(ring.get(2000)).isNotNull();
        assertThat(ring.get(1)).isNull();
    }

    @Test
    void keepsAnEventThatIsLargerThanAllItsBytes() {
        var ring = new Ring(0, 1024, 100);

        fill(ring, 1, 3);

        assertThat(ring.get(3)).isNotNull();
        assertThat(ring.get(2)).isNull();
    }

    @Test
    void knowsTheNewestStateOfASubjectWhileItHoldsIt() {
        var ring = new Ring(0, 1024, 1L << 30);
        ring.add(ScriptedLog.live(1, "stock.changed", "a", "stock"));
        ring.add(ScriptedLog.live(2, "stock.changed", "a", "stock"));
        ring.add(ScriptedLog.live(3, "stock.alert.opened", "a", "stock"));

        assertThat(ring.newestOf("a")).isEqualTo(2);
        assertThat(ring.newestOf("b")).isZero();

        LongStream.rangeClosed(4, 1026).forEach(at -> ring.add(ScriptedLog.live(at, "tenant.told", "t", "tenant")));
        assertThat(ring.newestOf("a")).isZero();
    }

    @Test
    void takesOnlyTheEventAfterItsHead() {
        var ring = new Ring(7, 1024, 1L << 30);

        assertThatThrownBy(() -> ring.add(ScriptedLog.live(9, "tenant.told", "t", "tenant")))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void beginsAnewAfterAJump() {
        var ring = new Ring(0, 1024, 1L << 30);
        fill(ring, 1, 2000);

        ring.restartAt(9_000);
        fill(ring, 9_001, 9_100);

        assertThat(ring.get(2000)).isNull();
        assertThat(ring.get(9_001)).isNotNull();
        assertThat(ring.newestOf("s1")).isEqualTo(9_091);
    }
}
