package io.sluice.log;

import io.sluice.shared.TenantId;
import reactor.core.publisher.Mono;

/** Which tenants' logs this node follows: their events reach every {@link LogFollower} within a second. */
@FunctionalInterface
public interface FollowedTenants {

    boolean follows(TenantId tenant);

    /** Follows the tenant from now on, while it is used; at once when it is followed already. */
    default Mono<Void> follow(TenantId tenant) {
        return Mono.empty();
    }

    /** The position up to which this node has seen the tenant's log, without a gap; -1 while it does not follow it. */
    default long head(TenantId tenant) {
        return -1;
    }
}
