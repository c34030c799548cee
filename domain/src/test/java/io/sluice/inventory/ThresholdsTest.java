package io.sluice.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shared.Problem;
import io.sluice.shared.Quantity;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThresholdsTest {

    @ParameterizedTest
    @CsvSource({"5,2,9", "5,5,5", ",2,9", "5,,9", "5,2,", ",,", "0,0,0"})
    void takesWhatIsInOrder(@Nullable Long reorder, @Nullable Long critical, @Nullable Long maximum) {
        Thresholds thresholds = thresholds(reorder, critical, maximum);

        assertThat(thresholds.checked()).isSameAs(thresholds);
    }

    @ParameterizedTest
    @CsvSource({"5,6,9", "10,2,9", ",10,9", "3,4,"})
    void refusesWhatIsNot(@Nullable Long reorder, @Nullable Long critical, @Nullable Long maximum) {
        assertThatThrownBy(() -> thresholds(reorder, critical, maximum).checked())
                .isInstanceOf(Problem.Contradiction.class)
                .extracting("code")
                .isEqualTo("threshold-order");
    }

    @Test
    void fallsBackFieldByField() {
        assertThat(thresholds(5L, null, null).or(thresholds(7L, 2L, null)).or(thresholds(1L, 1L, 99L)))
                .isEqualTo(thresholds(5L, 2L, 99L));
    }

    @Test
    void countsTheThresholdItselfAsReached() {
        Thresholds thresholds = thresholds(5L, 2L, null);

        assertThat(thresholds.isLow(Quantity.of(5))).isTrue();
        assertThat(thresholds.isLow(Quantity.of(6))).isFalse();
        assertThat(thresholds.isCritical(Quantity.of(2))).isTrue();
        assertThat(thresholds.isCritical(Quantity.of(3))).isFalse();
        assertThat(Thresholds.NONE.isLow(Quantity.ZERO)).isFalse();
    }

    private static Thresholds thresholds(@Nullable Long reorder, @Nullable Long critical, @Nullable Long maximum) {
        return new Thresholds(quantity(reorder), quantity(critical), quantity(maximum));
    }

    private static @Nullable Quantity quantity(@Nullable Long units) {
        return units == null ? null : Quantity.of(units);
    }
}
