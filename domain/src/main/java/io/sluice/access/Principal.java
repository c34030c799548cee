package io.sluice.access;

import io.sluice.log.Actor;
import io.sluice.shared.Problem;
import io.sluice.shared.TenantId;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Who acts, with the rights that its grants give at the time at which it was loaded. Rights are asked for by
 * permission and location; a permission without a scope column needs the permission alone.
 */
public final class Principal {

    private final TenantId tenant;
    private final UUID account;
    private final UUID session;
    private final String username;
    private final List<Grant> grants;
    private final Set<Role> roles = EnumSet.noneOf(Role.class);
    private final Map<Permission, Scope<UUID>> locations = new EnumMap<>(Permission.class);
    private final Instant expiresAt;

    /** @param expiresAt when the token that named this principal ends */
    public Principal(
            TenantId tenant,
            UUID account,
            UUID session,
            String username,
            List<Grant> grants,
            Instant now,
            Instant expiresAt) {
        this.tenant = tenant;
        this.account = account;
        this.session = session;
        this.username = username;
        this.grants = grants.stream().filter(grant -> grant.isValid(now)).toList();
        this.expiresAt = expiresAt;
        for (Grant grant : this.grants) {
            roles.add(grant.role());
            for (Permission permission : Permission.values()) {
                if (permission.heldBy(grant.role())) {
                    locations.merge(permission, grant.locations(), Scope::or);
                }
            }
        }
    }

    public TenantId tenant() {
        return tenant;
    }

    public UUID account() {
        return account;
    }

    public UUID session() {
        return session;
    }

    public String username() {
        return username;
    }

    public List<Grant> grants() {
        return grants;
    }

    public Set<Role> roles() {
        return Set.copyOf(roles);
    }

    public Instant expiresAt() {
        return expiresAt;
    }

    public Actor actor() {
        return new Actor(Actor.Kind.USER, account.toString(), null);
    }

    public boolean has(Role role) {
        return roles.contains(role);
    }

    public boolean may(Permission permission) {
        return locations.containsKey(permission);
    }

    public boolean may(Permission permission, UUID location) {
        return locationsFor(permission).covers(location);
    }

    /** The locations at which the permission is held; empty when it is not held at all. */
    public Scope<UUID> locationsFor(Permission permission) {
        return locations.getOrDefault(permission, Scope.none());
    }

    /** Passes when the permission is held anywhere; else {@code forbidden}. */
    public void require(Permission permission) {
        if (!may(permission)) {
            throw Problem.Forbidden.permission(permission.word());
        }
    }

    /** Passes when the permission is held at the location; {@code forbidden} without it, 404 out of its scope. */
    public void require(Permission permission, UUID location) {
        require(permission);
        if (!may(permission, location)) {
            throw new Problem.NotFound("location", location);
        }
    }

    /** Whether one of the roles is held for the location. */
    public boolean holds(Set<Role> wanted, UUID location) {
        for (Grant grant : grants) {
            if (wanted.contains(grant.role()) && grant.locations().covers(location)) {
                return true;
            }
        }
        return false;
    }

    /** Whether cost figures are shown to this principal. */
    public boolean seesCosts() {
        return may(Permission.OFFERS_READ) || may(Permission.INVOICES_READ);
    }

    public Set<Permission> permissions() {
        return Set.copyOf(locations.keySet());
    }
}
