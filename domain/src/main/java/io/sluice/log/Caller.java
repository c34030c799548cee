package io.sluice.log;

import io.sluice.shared.TenantId;

/**
 * In whose name a pipeline runs. The edges put it into the Reactor context; storage reads it there, so that tenant,
 * actor and cause cannot be forgotten or mixed up on the way.
 */
public record Caller(TenantId tenant, Actor actor, Cause cause) {

    public static Caller system(TenantId tenant, String route) {
        return new Caller(tenant, Actor.SYSTEM, Cause.of(route));
    }
}
