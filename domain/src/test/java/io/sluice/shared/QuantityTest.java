package io.sluice.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "12,12",
        "0.500,0.5",
        "-0.001,-0.001",
        "100,100",
        "1E+3,1000",
        "999999999999999.999,999999999999999.999"
    })
    void isWrittenPlainAndShort(String value, String written) {
        assertThat(Quantity.of(new BigDecimal(value))).hasToString(written);
        assertThat(Quantity.of(new BigDecimal(value)).toBigDecimal().toPlainString())
                .isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0001", "1000000000000000", "-1000000000000000"})
    void refusesWhatItsColumnCouldNotHold(String value) {
        assertThatThrownBy(() -> Quantity.of(new BigDecimal(value))).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void refusesASumThatItsColumnCouldNotHold() {
        Quantity most = Quantity.of(new BigDecimal("999999999999999.999"));

        assertThatThrownBy(() -> most.plus(new Quantity(1))).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> most.negated().minus(new Quantity(1))).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void addsExactly() {
        Quantity sum = Quantity.ZERO;
        for (int i = 0; i < 10; i++) {
            sum = sum.plus(Quantity.of(new BigDecimal("0.1")));
        }

        assertThat(sum).isEqualTo(Quantity.of(1));
    }

    @ParameterizedTest
    @CsvSource({"1,0,true", "0.1,0,false", "0.1,1,true", "0.12,1,false", "-0.12,2,true", "0.123,2,false", "0.123,3,true"
    })
    void knowsHowManyDecimalsItNeeds(String value, int decimals, boolean fits) {
        assertThat(Quantity.of(new BigDecimal(value)).fits(decimals)).isEqualTo(fits);
    }

    @Test
    void isOrderedByValue() {
        assertThat(Quantity.of(2).compareTo(Quantity.of(10))).isNegative();
        assertThat(Quantity.of(-3).isAtMost(Quantity.ZERO)).isTrue();
        assertThat(Quantity.of(-3).abs()).isEqualTo(Quantity.of(3));
    }
}
