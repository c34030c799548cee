package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shared.Quantity;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The vectors of RFC 8785. */
class CanonicalJsonTest {

    @Test
    void sortsKeysByTheirUtf16CodeUnits() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("\u20ac", "Euro Sign");
        keys.put("\r", "Carriage Return");
        keys.put("\ufb33", "Hebrew Letter Dalet With Dagesh");
        keys.put("1", "One");
        keys.put("\ud83d\ude00", "Emoji: Grinning Face");
        keys.put("\u0080", "Control");
        keys.put("\u00f6", "Latin Small Letter O With Diaeresis");

        assertThat(CanonicalJson.write(keys))
                .isEqualTo("{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\","
                        + "\"\u00f6\":\"Latin Small Letter O With Diaeresis\",\"\u20ac\":\"Euro Sign\","
                        + "\"\ud83d\ude00\":\"Emoji: Grinning Face\","
                        + "\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}");
    }

    @Test
    void escapesNoMoreThanItMust() {
        assertThat(CanonicalJson.write("\u20ac$\u000f\nA'\u0042\"\\\\\"/"))
                .isEqualTo("\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"");
        assertThat(CanonicalJson.write("\b\t\n\f\r\u0000\u001f\u007f"))
                .isEqualTo("\"\\b\\t\\n\\f\\r\\u0000\\u001f\u007f\"");
    }

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "-0.0,0",
        "0.000,0",
        "1.50,1.5",
        "4.50,4.5",
        "2e-3,0.002",
        "1E+2,100",
        "100,100",
        "-7.10,-7.1",
        "333333333.33333329,333333333.33333329",
        "0.1,0.1",
        "12345678901234567890.123,12345678901234567890.123"
    })
    void writesNumbersExactlyAndWithoutTrailingZeros(String number, String written) {
        assertThat(CanonicalJson.write(new BigDecimal(number))).isEqualTo(written);
    }

    @Test
    void writesEveryKindOfNumberAlike() {
        assertThat(CanonicalJson.write(
                        Arrays.asList(5, 5L, 5.0, new BigDecimal("5.00"), BigInteger.valueOf(5), Quantity.of(5))))
                .isEqualTo("[5,5,5,5,5,5]");
    }

    @Test
    void writesLiteralsIdsTimesAndWords() {
        assertThat(CanonicalJson.write(Arrays.asList(
                        null,
                        true,
                        false,
                        UUID.fromString("01900000-0000-7000-8000-00000000ABCD"),
                        Instant.parse("2026-01-02T03:04:05.600Z"),
                        Actor.Kind.USER)))
                .isEqualTo(
                        "[null,true,false,\"01900000-0000-7000-8000-00000000abcd\",\"2026-01-02T03:04:05.600Z\",\"USER\"]");
    }

    @Test
    void nestsWithoutBlanks() {
        assertThat(CanonicalJson.write(Map.of("b", List.of(), "a", Map.of("d", 1, "c", Map.of()))))
                .isEqualTo("{\"a\":{\"c\":{},\"d\":1},\"b\":[]}");
    }

    @Test
    void refusesWhatHasNoForm() {
        assertThatThrownBy(() -> CanonicalJson.write(new Object())).isInstanceOf(IllegalArgumentException.class);
    }
}
