package io.sluice.access;

import io.sluice.log.Event;
import io.sluice.shared.Problem;
import reactor.core.publisher.Mono;

/** The tenants; each is seen by its own principals only, but for its slug, which a login names. */
public interface Tenants {

    /** Needs no caller. */
    Mono<Tenant> findBySlug(String slug);

    /** The caller's own. */
    Mono<Tenant> findOwn();

    default Mono<Tenant> requireOwn() {
        return findOwn().switchIfEmpty(Mono.error(() -> new Problem.Unauthenticated("no-tenant", "no such tenant")));
    }

    /** A new tenant with an empty log, in a unit of work of its own name; {@code duplicate} when the slug is taken. */
    Mono<Void> create(Tenant tenant, Event event);

    Mono<Void> store(Tenant tenant, Event event);
}
