package io.sluice.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.postgres.Session.Write;
import java.util.List;
import org.junit.jupiter.api.Test;

class TogetherTest {

    @Test
    void leavesASingleStatementAsItIs() {
        var only = new Write("UPDATE a SET b = $2 WHERE c = $1", 1, 2);

        assertThat(Together.sqlOf(List.of(only))).isEqualToIgnoringWhitespace("UPDATE a SET b = $2 WHERE c = $1");
        assertThat(Together.argumentsOf(List.of(only))).containsExactly(1, 2);
    }

    @Test
    void countsTheParametersOfTheNextOn() {
        var first = new Write("UPDATE a SET b = $2 WHERE c = $1", 1, 2);
        var second = new Write("DELETE FROM d WHERE e = $1", 3);
        var third = new Write("INSERT INTO f VALUES ($1, $12::text[])", 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, null);

        assertThat(Together.sqlOf(List.of(first, second, third))).isEqualToIgnoringWhitespace("""
                WITH w0 AS (UPDATE a SET b = $2 WHERE c = $1), w1 AS (DELETE FROM d WHERE e = $3)
                INSERT INTO f VALUES ($4, $15::text[])
                """);
        assertThat(Together.argumentsOf(List.of(first, second, third)))
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, null);
    }
}
