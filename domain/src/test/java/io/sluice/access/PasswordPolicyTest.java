package io.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shared.Problem;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PasswordPolicyTest {

    private static final Profile ANN = new Profile("ann.of.the.north@example.org", "Ann of the North", null, null);
    private final PasswordPolicy policy = new PasswordPolicy(Set.of("qwertyuiop123"));

    private void assertRefused(String password, String code) {
        assertThatThrownBy(() -> policy.require("password", password, "ann-the-first", ANN))
                .isInstanceOfSatisfying(Problem.Invalid.class, it -> {
                    assertThat(it.errors().getFirst().field()).isEqualTo("password");
                    assertThat(it.errors().getFirst().code()).isEqualTo(code);
                });
    }

    @Test
    void takesTwelveCharactersOfAnyKind() {
        assertThatNoException().isThrownBy(() -> policy.require("password", "twelve chars", "ann", ANN));
    }

    @Test
    void refusesElevenCharacters() {
        assertRefused("eleven char", "out-of-range");
    }

    @Test
    void refusesCommonOnesWhateverTheirCase() {
        assertRefused("QwertyUiop123", "common-password");
    }

    @Test
    void refusesNameAndMailOfTheUser() {
        assertRefused("Ann-The-First", "personal-password");
        assertRefused("ann of the north", "personal-password");
        assertRefused("ann.of.the.north@EXAMPLE.org", "personal-password");
        assertRefused("ann.of.the.north", "personal-password");
    }
}
