package io.sluice.cache;

import io.sluice.shared.TenantId;
import java.util.Collection;

/**
 * What this node has heard of the tenants' logs, by which entries become stale: an entry loaded at a position is
 * valid while no later event touched one of its tags. An event with the topic {@code part:<id>} touches the tags
 * {@code part:<id>} and {@code part:*}.
 *
 * <p>Only tenants that the node follows are cached, the reads of others pass through. Returns at once, never throws,
 * from any thread.
 */
public interface Invalidation {

    /** What {@link #known} says of a tenant that this node does not follow. */
    long UNKNOWN = -1;

    /**
     * From now on {@link #touched} is told every event after the head. Entries loaded before it count as stale.
     * Nothing changes when the tenant is followed and as much is known already.
     */
    void follow(TenantId tenant, long head);

    /**
     * An event was committed: on the node that committed it before its answer goes out, on the others by their tail.
     * May be told again and out of order. Ignored while the tenant is not followed.
     */
    void touched(TenantId tenant, long position, Collection<String> topics);

    /** Another node has committed up to the position: nothing is fresh until {@link #settled} is told as much. */
    void suspect(TenantId tenant, long position);

    /** Every event up to the position has been told. */
    void settled(TenantId tenant, long position);

    /** The highest position this node has heard of, or {@link #UNKNOWN}. */
    long known(TenantId tenant);

    /** The node lost track of the tenant: all its entries are dropped, and none is used until it is followed again. */
    void forget(TenantId tenant);
}
