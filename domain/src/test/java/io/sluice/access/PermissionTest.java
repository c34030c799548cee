package io.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The matrix as the platform's specification writes it; {@code own} rights of a vendor's contact are no rights yet. */
class PermissionTest {

    private static final String STAFF = "manager warehouse technician procurement vendor_manager legal risk_manager"
            + " executive compliance_officer auditor editor viewer";

    @ParameterizedTest
    @CsvSource({
        "users:read, manager compliance_officer auditor",
        "users:manage, ''",
        "settings:manage, ''",
        "locations:manage, ''",
        "ops:read, operator",
        "connections:read, operator",
        "connections:manage, operator",
        "jobs:read, manager executive operator",
        "jobs:manage, operator",
        "audit:read, legal executive compliance_officer auditor",
        "audit:verify, compliance_officer auditor",
        "parts:read, STAFF",
        "parts:write, manager procurement",
        "locations:read, STAFF",
        "stock:read, manager warehouse technician procurement executive auditor editor viewer",
        "stock:move, manager warehouse technician",
        "stock:adjust, manager warehouse",
        "stock:configure, manager procurement",
        "offers:read, manager procurement",
        "invoices:read, procurement vendor_manager legal executive auditor",
        "alerts:acknowledge, manager warehouse procurement compliance_officer"
    })
    void isHeldByTheRolesOfTheMatrixAndTheAdministrator(String word, String roles) {
        Set<String> wanted = new TreeSet<>(Set.of("admin"));
        if (!roles.isEmpty()) {
            wanted.addAll(Set.of((roles.equals("STAFF") ? STAFF : roles).split(" ")));
        }

        assertThat(permission(word).roles().stream().map(Role::word)).containsExactlyInAnyOrderElementsOf(wanted);
    }

    @Test
    void isListedAboveWithoutExceptions() {
        assertThat(Permission.values()).hasSize(21);
    }

    private static Permission permission(String word) {
        for (Permission permission : Permission.values()) {
            if (permission.word().equals(word)) {
                return permission;
            }
        }
        throw new AssertionError("no permission " + word);
    }
}
