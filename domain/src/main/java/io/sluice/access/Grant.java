package io.sluice.access;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One role given to an account for a scope and, if so said, for a time only. */
public record Grant(
        Role role,
        Scope<UUID> locations,
        Scope<UUID> vendors,
        Scope<UUID> organizations,
        Scope<String> departments,
        @Nullable Instant validFrom,
        @Nullable Instant validUntil) {

    public static Grant of(Role role) {
        return new Grant(role, Scope.all(), Scope.all(), Scope.all(), Scope.all(), null, null);
    }

    public static Grant at(Role role, Scope<UUID> locations) {
        return new Grant(role, locations, Scope.all(), Scope.all(), Scope.all(), null, null);
    }

    public boolean isValid(Instant now) {
        return (validFrom == null || !now.isBefore(validFrom)) && (validUntil == null || now.isBefore(validUntil));
    }
}
