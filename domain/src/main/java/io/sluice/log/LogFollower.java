package io.sluice.log;

import io.sluice.shared.TenantId;
import java.util.List;

/**
 * Something on this node that is kept in step with the log: it sees every event of a followed tenant,
 * this node's own before the answer of their command goes out; an event may come again, or before one that was committed
 * earlier on another node.
 */
public interface LogFollower {

    /** From now on every event after the head will pass. */
    default void followed(TenantId tenant, long head) {}

    /** Must return at once and must not throw. */
    void passed(TenantId tenant, List<Recorded> events);

    /** Another node has committed up to the head; its events have not passed yet. */
    default void announced(TenantId tenant, long head) {}

    /** Every event up to the head has passed. */
    default void caughtUp(TenantId tenant, long head) {}

    /** This node may have missed events of the tenant: what was kept of it is void. */
    void lost(TenantId tenant);
}
