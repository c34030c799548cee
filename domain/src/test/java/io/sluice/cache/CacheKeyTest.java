package io.sluice.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sluice.shared.TenantId;
import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CacheKeyTest {

    private static final TenantId ACME = TenantId.of("01920000-0000-7000-8000-000000000001");
    private static final TenantId OTHER = TenantId.of("01920000-0000-7000-8000-000000000002");

    @Test
    void isWrittenWithTenantKindAndSizedParts() {
        var key = CacheKey.of(ACME, "part", "bolt", 20, true);

        assertThat(key).hasToString("sluice:01920000-0000-7000-8000-000000000001:part:s4:boltn2:20b4:true");
    }

    @Test
    void writesNoTwoParameterSetsAlike() {
        var keys = Stream.of(
                        parts(),
                        parts(""),
                        parts("", ""),
                        parts("a:b"),
                        parts("a", "b"),
                        parts("a,b"),
                        parts("ab"),
                        parts("a", ":b"),
                        parts("a:", "b"),
                        parts("*"),
                        parts("a*"),
                        parts("s1:a"),
                        parts("a\uD800"),
                        parts("a\uDBFF"),
                        parts("a?"),
                        parts("0061d800"),
                        parts("-"),
                        parts(Optional.empty()),
                        parts(List.of()),
                        parts(List.of("")),
                        parts(List.of("a", "b")),
                        parts(List.of("b", "a")),
                        parts(List.of("a,b")),
                        parts(List.of(List.of("a"), "b")),
                        parts(List.of(List.of("a", "b"))),
                        parts(new LinkedHashSet<>(List.of("a", "b"))),
                        parts(Arrays.asList("a", null)),
                        parts(Map.of()),
                        parts(Map.of("a", "b")),
                        parts(Map.of("b", "a")),
                        parts(Map.of("a", List.of("b"))),
                        parts(1),
                        parts("1"),
                        parts(new BigDecimal("1.5")),
                        parts(true),
                        parts("true"),
                        parts(DayOfWeek.MONDAY),
                        parts("MONDAY"),
                        parts(Instant.EPOCH),
                        parts(Instant.EPOCH.toString()),
                        parts(new UUID(0, 1)),
                        parts(new UUID(0, 1).toString()))
                .map(CacheKey::toString);

        assertThat(keys).doesNotHaveDuplicates();
    }

    private static CacheKey parts(Object... parts) {
        return CacheKey.of(ACME, "parts", parts);
    }

    @Test
    void differsByTenantAndByKind() {
        assertThat(CacheKey.of(ACME, "part", 1))
                .doesNotHaveToString(CacheKey.of(OTHER, "part", 1).toString());
        assertThat(CacheKey.of(ACME, "part", 1))
                .doesNotHaveToString(CacheKey.of(ACME, "parts", 1).toString());
    }

    @Test
    void sortsMapsAndSetsAndKeepsTheOrderOfLists() {
        var rising = new LinkedHashMap<String, Integer>();
        rising.put("a", 1);
        rising.put("b", 2);
        var falling = new LinkedHashMap<String, Integer>();
        falling.put("b", 2);
        falling.put("a", 1);

        assertThat(parts(rising)).hasToString(parts(falling).toString());
        assertThat(parts(new LinkedHashSet<>(List.of("x", "y"))))
                .hasToString(parts(new LinkedHashSet<>(List.of("y", "x"))).toString());
        assertThat(parts(List.of("x", "y")))
                .doesNotHaveToString(parts(List.of("y", "x")).toString());
        assertThat(parts((Object) new String[] {"x", "y"}))
                .hasToString(parts(List.of("x", "y")).toString());
    }

    @Test
    void isTheSameEntryWhateverItsTags() {
        assertThat(parts(1).tagged("stock")).hasToString(parts(1).toString());
    }

    @Test
    void refusesWhatHasNoWrittenForm() {
        var odd = parts(new Object());

        assertThatIllegalArgumentException().isThrownBy(odd::toString);
        assertThatIllegalArgumentException().isThrownBy(() -> CacheKey.of(ACME, "a:b"));
    }
}
