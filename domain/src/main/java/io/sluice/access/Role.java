package io.sluice.access;

import java.util.Locale;
import java.util.Optional;

/** The roles of the platform. They do not inherit from each other; a principal holds the union of its grants. */
public enum Role {
    ADMIN,
    MANAGER,
    WAREHOUSE,
    TECHNICIAN,
    PROCUREMENT,
    VENDOR_MANAGER,
    LEGAL,
    RISK_MANAGER,
    EXECUTIVE,
    VENDOR_CONTACT,
    COMPLIANCE_OFFICER,
    AUDITOR,
    EDITOR,
    VIEWER,
    OPERATOR;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** As it is written in grants, topics and answers: {@code vendor_manager}. */
    public String word() {
        return word;
    }

    public static Optional<Role> of(String word) {
        for (Role role : values()) {
            if (role.word.equals(word)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }
}
