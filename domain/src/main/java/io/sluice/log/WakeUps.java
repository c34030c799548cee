package io.sluice.log;

import io.sluice.shared.TenantId;
import reactor.core.publisher.Flux;

/** Tells the other nodes that a log has grown. Hints only: they may be lost, repeated, late or out of order. */
public interface WakeUps {

    /** Returns at once and never throws; of several heads of one tenant that wait to be sent, the newest goes. */
    void announce(TenantId tenant, long head);

    /** The hints of all nodes, this one included. Never ends and never fails; those that nobody takes are dropped. */
    Flux<WakeUp> heard();
}
