package io.sluice.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ArrayTextTest {

    @Test
    void quotesTextsAndTellsNullFromItsWord() {
        @Nullable String[] texts = {"a", null, "NULL", "", "{1,2}", "say \"no\" \\ never", "\"", "é\n\t 😀"};

        assertThat(ArrayText.of(texts))
                .isEqualTo("{\"a\",NULL,\"NULL\",\"\",\"{1,2}\",\"say \\\"no\\\" \\\\ never\",\"\\\"\",\"é\n\t 😀\"}");
    }

    @Test
    void writesNumbersAndIdsPlain() {
        var id = UUID.fromString("01a219b3-8b05-7000-ad04-3ad0a2029292");

        assertThat(ArrayText.of(new Long[] {1L, -2L, null})).isEqualTo("{1,-2,NULL}");
        assertThat(ArrayText.of(new UUID[] {id})).isEqualTo("{" + id + "}");
        assertThat(ArrayText.of(new String[0])).isEqualTo("{}");
    }
}
