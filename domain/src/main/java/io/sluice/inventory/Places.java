package io.sluice.inventory;

import io.sluice.shared.Problem;
import java.util.Objects;
import java.util.UUID;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/** Keeps the places where stock lies. Runs inside a unit of work. */
public final class Places {

    private final Locations locations;

    public Places(Locations locations) {
        this.locations = locations;
    }

    public Mono<Location> open(Location location) {
        return locations
                .add(location, CatalogueEvents.locationCreated(location))
                .thenReturn(location);
    }

    /**
     * Changes a place; one that is closed must be empty: {@code location-not-empty}. None hangs under itself:
     * {@code location-cycle}.
     */
    public Mono<Location> change(UUID id, long version, UnaryOperator<Location> change) {
        return locations
                .awaitTree()
                .then(locations.findForChange(id))
                .switchIfEmpty(Mono.error(() -> new Problem.NotFound("location", id)))
                .doOnNext(before -> requireVersion(before, version))
                .flatMap(before -> store(before, change.apply(before)));
    }

    private static void requireVersion(Location location, long version) {
        if (location.version() != version) {
            throw new Problem.Stale(location.version());
        }
    }

    private Mono<Location> store(Location before, Location after) {
        Mono<Void> hung = Objects.equals(before.parentId(), after.parentId()) ? Mono.empty() : requireNoRing(after);
        Mono<Void> closable = before.active() && !after.active() ? requireEmpty(before) : Mono.empty();
        return hung.then(closable)
                .then(locations.store(after, CatalogueEvents.locationChanged(before, after)))
                .thenReturn(after);
    }

    private Mono<Void> requireNoRing(Location location) {
        return location.parentId() == null
                ? Mono.empty()
                : locations
                        .isUnder(location.parentId(), location.id())
                        .flatMap(ring -> ring
                                ? Mono.error(new Problem.Conflict(
                                        "location-cycle", location.code() + " cannot hang under itself"))
                                : Mono.empty());
    }

    private Mono<Void> requireEmpty(Location location) {
        return locations
                .isOccupied(location.id())
                .flatMap(occupied -> occupied
                        ? Mono.error(new Problem.Conflict(
                                "location-not-empty",
                                "stock lies at " + location.code() + ", or open places hang under it"))
                        : Mono.empty());
    }
}
