package io.sluice.demo;

import io.sluice.shared.TenantId;
import reactor.core.publisher.Mono;

/** What a feature adds to the demo tenant. Runs at each start, after the users are there, in the tenant's name. */
public interface DemoPart {

    /** Parts run one after the other, lowest first. */
    int order();

    /** Adds what is missing; a second time changes nothing. */
    Mono<Void> seed(TenantId demo);
}
