package io.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.log.CanonicalJson;
import io.sluice.shared.FieldError;
import io.sluice.shared.Problem;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class GrantsTest {

    @Test
    void writesAScopeAsAListOrAStar() {
        Grant grant = Grant.at(Role.MANAGER, Scope.only(Set.of(new UUID(0, 7))));

        assertThat(CanonicalJson.write(Grants.toFields(grant)))
                .isEqualTo("{\"departments\":\"*\",\"locations\":[\"00000000-0000-0000-0000-000000000007\"],"
                        + "\"organizations\":\"*\",\"role\":\"manager\",\"vendors\":\"*\"}");
    }

    @Test
    void keepsOperatorsInPlatformAndAllOthersOut() {
        assertThat(Grants.requireSound(List.of(Grant.of(Role.OPERATOR)), true)).hasSize(1);
        assertFaults(List.of(Grant.of(Role.OPERATOR)), false, "grants[0].role");
        assertFaults(List.of(Grant.of(Role.ADMIN)), true, "grants[0].role");
    }

    @Test
    void refusesTheSameGrantTwice() {
        assertFaults(List.of(Grant.of(Role.LEGAL), Grant.of(Role.LEGAL)), false, "grants[1]");
    }

    private static void assertFaults(List<Grant> grants, boolean platform, String... fields) {
        assertThatThrownBy(() -> Grants.requireSound(grants, platform))
                .isInstanceOfSatisfying(Problem.Invalid.class, it -> assertThat(it.errors())
                        .extracting(FieldError::field)
                        .containsExactly(fields));
    }
}
