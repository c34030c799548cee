package io.sluice.log;

import io.sluice.shared.TenantId;
import reactor.core.publisher.Flux;

/** Hints between nodes that a tenant's log has grown. A lost hint costs a second, never an event. */
public interface WakeUps {

    /** The tenant's log now ends at this position. */
    record WakeUp(TenantId tenant, long head) {}

    /** Tells the other nodes; returns at once, never fails. */
    void announce(TenantId tenant, long head);

    /** What other nodes announce; never ends. */
    Flux<WakeUp> heard();
}
