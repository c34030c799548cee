package io.sluice.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PositionsTest {

    private final Positions positions = new Positions();

    @Test
    void takesEachPositionOnce() {
        assertThat(positions.add(5000)).isTrue();
        assertThat(positions.add(5000)).isFalse();
        assertThat(positions.add(4990)).isTrue();
        assertThat(positions.add(900_000)).isTrue();
        assertThat(positions.size()).isEqualTo(3);
    }

    @Test
    void holdsWhatWasAddedAndNothingElse() {
        positions.add(5000);
        positions.add(900_000);

        assertThat(positions.contains(5000)).isTrue();
        assertThat(positions.contains(900_000)).isTrue();
        assertThat(positions.contains(5064)).isFalse();
        assertThat(positions.contains(1)).isFalse();
        assertThat(positions.contains(900_001)).isFalse();
    }
}
