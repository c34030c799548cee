package io.sluice.inventory;

import io.sluice.access.Scope;
import io.sluice.log.Event;
import io.sluice.shared.Problem;
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

    default Mono<Location> require(UUID id) {
        return find(id).switchIfEmpty(Mono.error(() -> new Problem.NotFound("location", id)));
    }

    /** Fails with {@code code-taken} or {@code unknown-location} (the parent). */
    Mono<Void> add(Location location, Event created);

    Mono<Void> store(Location location, List<Event> events);

    /** True while stock lies there or active places hang under it. */
    Mono<Boolean> isOccupied(UUID id);

    /** In order of their code, within the scope. */
    Flux<Location> list(Scope<UUID> scope, Location.@Nullable Kind kind, @Nullable Boolean active, @Nullable String afterCode, int limit);
}
