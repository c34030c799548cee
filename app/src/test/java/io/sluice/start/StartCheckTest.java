package io.sluice.start;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class StartCheckTest {

    private static final String DATABASE = "postgresql://a:b@host/sluice";
    private static final String REDIS = "redis://host";
    private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);

    @Test
    void startsWithNothingAndWithEverything() {
        assertThatCode(() -> StartCheck.check(null, null, null)).doesNotThrowAnyException();
        assertThatCode(() -> StartCheck.check("", "", "")).doesNotThrowAnyException();
        assertThatCode(() -> StartCheck.check(DATABASE, REDIS, KEY)).doesNotThrowAnyException();
    }

    @Test
    void namesWhatIsMissing() {
        assertThatThrownBy(() -> StartCheck.check(DATABASE, null, KEY))
                .hasMessageStartingWith("SLUICE_REDIS_URL is missing");
        assertThatThrownBy(() -> StartCheck.check(null, REDIS, KEY))
                .hasMessageStartingWith("SLUICE_DATABASE_URL is missing");
        assertThatThrownBy(() -> StartCheck.check(DATABASE, REDIS, " "))
                .hasMessageStartingWith("SLUICE_MASTER_KEY is missing");
    }

    @Test
    void refusesAKeyThatIsNone() {
        assertThatThrownBy(() -> StartCheck.check(DATABASE, REDIS, "secret"))
                .hasMessageStartingWith("SLUICE_MASTER_KEY is malformed");
    }

    @Test
    void refusesAnAddressThatIsNoneWithoutSayingIt() {
        for (String database : List.of(
                "localhost:5432/sluice",
                "jdbc:postgresql://localhost/sluice",
                "mysql://a:b@localhost/sluice",
                "postgresql://localhost/sluice",
                "postgresql://a:b@localhost",
                "postgresql://a:pass word@localhost/sluice")) {
            assertThatThrownBy(() -> StartCheck.check(database, REDIS, KEY))
                    .hasMessageStartingWith("SLUICE_DATABASE_URL is malformed")
                    .hasMessageNotContaining("pass word");
        }
        assertThatThrownBy(() -> StartCheck.check(DATABASE, "localhost:6379", KEY))
                .hasMessageStartingWith("SLUICE_REDIS_URL is malformed");
    }
}
