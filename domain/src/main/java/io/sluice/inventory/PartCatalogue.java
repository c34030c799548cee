package io.sluice.inventory;

import io.sluice.log.Event;
import io.sluice.shared.Problem;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/** Keeps the catalogue of parts. Runs inside a unit of work. */
public final class PartCatalogue {

    private final Parts parts;
    private final StockControl control;

    public PartCatalogue(Parts parts, StockControl control) {
        this.parts = parts;
        this.control = control;
    }

    public Mono<Part> create(Part part) {
        part.thresholds().checked();
        return parts.add(part, CatalogueEvents.partCreated(part)).thenReturn(part);
    }

    /** Changes the part when it still has the version; what says the same as before changes nothing. */
    public Mono<Part> change(UUID id, long version, UnaryOperator<Part> change) {
        return parts.requireForChange(id)
                .map(before -> Changed.of(before, changed(before, version, change)))
                .flatMap(this::store);
    }

    private record Changed(Part before, Part after, List<Event> events) {

        static Changed of(Part before, Part after) {
            return new Changed(before, after, CatalogueEvents.partChanged(before, after));
        }

        boolean movesThresholds() {
            return !before.thresholds().equals(after.thresholds())
                    || !Objects.equals(before.categoryId(), after.categoryId());
        }
    }

    private Mono<Part> store(Changed changed) {
        if (changed.events().isEmpty()) {
            return Mono.just(changed.before());
        }
        Mono<Void> alerts =
                changed.movesThresholds() ? control.evaluatePart(changed.after().id()) : Mono.empty();
        return parts.store(changed.after(), changed.events()).then(alerts).thenReturn(changed.after());
    }

    private static Part changed(Part before, long version, UnaryOperator<Part> change) {
        if (before.version() != version) {
            throw new Problem.Stale(before.version());
        }
        Part after = change.apply(before);
        after.thresholds().checked();
        if (before.status() != after.status() && !before.status().mayBecome(after.status())) {
            throw new Problem.Conflict(
                    "illegal-transition",
                    "a part does not go from " + before.status() + " to " + after.status(),
                    Map.of(
                            "from",
                            before.status(),
                            "to",
                            after.status(),
                            "allowed",
                            before.status().next()));
        }
        return after;
    }

    /** Removes a part that nothing refers to; {@code part-in-use} otherwise: make it OBSOLETE instead. */
    public Mono<Part> remove(UUID id, long version) {
        return parts.requireForChange(id)
                .doOnNext(part -> requireVersion(part, version))
                .delayUntil(part ->
                        parts.remove(part, CatalogueEvents.partDeleted(part)).flatMap(PartCatalogue::requireRemoved));
    }

    private static void requireVersion(Part part, long version) {
        if (part.version() != version) {
            throw new Problem.Stale(part.version());
        }
    }

    private static Mono<Void> requireRemoved(boolean removed) {
        return removed
                ? Mono.empty()
                : Mono.error(new Problem.Conflict("part-in-use", "the part has stock or movements; make it OBSOLETE"));
    }
}
