package io.sluice.log;

import io.sluice.shared.TenantId;

/** Which tenants' logs this node follows: their events reach every {@link LogFollower} within a second. */
@FunctionalInterface
public interface FollowedTenants {

    boolean follows(TenantId tenant);
}
