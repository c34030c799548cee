package io.sluice.log;

import io.sluice.shared.TenantId;
import java.util.List;

/**
 * Something on this node that is kept in step with the log: it sees every event of a followed tenant once, in order,
 * this node's own before the answer of their command goes out.
 */
public interface LogFollower {

    /** Must return at once and must not throw. */
    void passed(TenantId tenant, List<Recorded> events);

    /** This node may have missed events of the tenant: what was kept of it is void. */
    void lost(TenantId tenant);
}
