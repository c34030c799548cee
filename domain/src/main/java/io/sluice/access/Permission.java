package io.sluice.access;

import static io.sluice.access.Role.*;

import io.sluice.log.Right;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * What may be done, and by which roles. {@code ADMIN} holds every permission but the operator's own.
 *
 * <p>This is the matrix; {@code GET /api/roles} shows it and the tests compare both.
 */
public enum Permission implements Right {
    USERS_READ(MANAGER, COMPLIANCE_OFFICER, AUDITOR),
    USERS_MANAGE(),
    SETTINGS_MANAGE(),
    LOCATIONS_MANAGE(),
    OPS_READ(OPERATOR),
    CONNECTIONS_READ(OPERATOR),
    CONNECTIONS_MANAGE(OPERATOR),
    JOBS_READ(MANAGER, EXECUTIVE, OPERATOR),
    JOBS_MANAGE(OPERATOR),
    AUDIT_READ(LEGAL, EXECUTIVE, COMPLIANCE_OFFICER, AUDITOR),
    AUDIT_VERIFY(COMPLIANCE_OFFICER, AUDITOR),
    PARTS_READ(staff()),
    PARTS_WRITE(MANAGER, PROCUREMENT),
    LOCATIONS_READ(staff()),
    STOCK_READ(MANAGER, WAREHOUSE, TECHNICIAN, PROCUREMENT, EXECUTIVE, AUDITOR, EDITOR, VIEWER),
    STOCK_MOVE(MANAGER, WAREHOUSE, TECHNICIAN),
    STOCK_ADJUST(MANAGER, WAREHOUSE),
    STOCK_CONFIGURE(MANAGER, PROCUREMENT),
    OFFERS_READ(MANAGER, PROCUREMENT),
    INVOICES_READ(PROCUREMENT, VENDOR_MANAGER, LEGAL, EXECUTIVE, AUDITOR),
    ALERTS_ACKNOWLEDGE(MANAGER, WAREHOUSE, PROCUREMENT, COMPLIANCE_OFFICER);

    private final Set<Role> roles;
    private final String word = name().toLowerCase(Locale.ROOT).replace('_', ':');

    Permission(Role... roles) {
        this.roles = EnumSet.of(ADMIN, roles);
    }

    private static Role[] staff() {
        return EnumSet.complementOf(EnumSet.of(ADMIN, VENDOR_CONTACT, OPERATOR)).toArray(Role[]::new);
    }

    /** As it is written in problems and answers: {@code stock:read}. */
    @Override
    public String word() {
        return word;
    }

    public boolean heldBy(Role role) {
        return roles.contains(role);
    }

    public Set<Role> roles() {
        return Set.copyOf(roles);
    }
}
