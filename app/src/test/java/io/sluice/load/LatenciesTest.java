package io.sluice.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatenciesTest {

    private static final double ONE_PERCENT = 10;

    @Test
    void knowsItsPercentilesWithinTwoPercent() {
        var latencies = new Latencies();
        LongStream.rangeClosed(1, 1000).forEach(millis -> latencies.record(millis * 1_000_000));

        assertThat(latencies.count()).isEqualTo(1000);
        assertThat(latencies.millis(.5)).isCloseTo(500, within(ONE_PERCENT));
        assertThat(latencies.millis(.99)).isCloseTo(990, within(2 * ONE_PERCENT));
        assertThat(latencies.maxMillis()).isEqualTo(1000);
    }

    @Test
    void saysNothingOfNothing() {
        assertThat(new Latencies().millis(.5)).isEqualTo(-1);
    }
}
