package io.sluice.inventory;

import io.sluice.access.Scope;
import io.sluice.log.Event;
import io.sluice.shared.Problem;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The places of the caller's tenant. Writing verbs need a unit of work. */
public interface Locations {

    Mono<Location> find(UUID id);

    /** Those of the codes that exist. */
    Flux<Location> findByCodes(Collection<String> codes);

    Mono<Location> findForChange(UUID id);

    /** Waits until nobody else changes which place hangs under which, and keeps it so until the unit of work ends. */
    Mono<Void> awaitTree();

    /** True when the place is the other one or hangs under it. */
    Mono<Boolean> isUnder(UUID place, UUID other);

    /** The latest day that it is at any place of the scope; empty without a place. */
    Mono<LocalDate> findLatestDay(Scope<UUID> scope, Instant at);

    default Mono<Location> require(UUID id) {
        return find(id).switchIfEmpty(Mono.error(() -> new Problem.NotFound("location", id)));
    }

    /** Fails with {@code code-taken} or {@code unknown-location} (the parent) or {@code unknown-user} (a manager). */
    Mono<Void> add(Location location, Event created);

    Mono<Void> store(Location location, List<Event> events);

    /** True while stock lies there or active places hang under it. */
    Mono<Boolean> isOccupied(UUID id);

    /** In order of their code, within the scope. */
    Flux<Location> list(
            Scope<UUID> scope,
            Location.@Nullable Kind kind,
            @Nullable Boolean active,
            @Nullable String afterCode,
            int limit);
}
