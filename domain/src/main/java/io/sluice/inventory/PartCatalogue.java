package io.sluice.inventory;

import io.sluice.log.Event;
import io.sluice.shared.Problem;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/** Keeps the catalogue of parts. Runs inside a unit of work. */
public final class PartCatalogue {

    private final Parts parts;

    public PartCatalogue(Parts parts) {
        this.parts = parts;
    }

    public Mono<Part> create(Part part) {
        part.thresholds().checked();
        return parts.add(part, CatalogueEvents.partCreated(part)).thenReturn(part);
    }

    /** Changes the part when it still has the version. */
    public Mono<Part> change(UUID id, long version, UnaryOperator<Part> change) {
        return parts.requireForChange(id)
                .map(before -> new Changed(before, changed(before, version, change)))
                .delayUntil(changed -> parts.store(changed.after(), changed.events()))
                .map(Changed::after);
    }

    private record Changed(Part before, Part after) {
        List<Event> events() {
            return CatalogueEvents.partChanged(before, after);
        }
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
                    Map.of("from", before.status(), "to", after.status(), "allowed", before.status().next()));
        }
        return after;
    }

    /** Removes a part that nothing refers to; {@code part-in-use} otherwise: make it OBSOLETE instead. */
    public Mono<Part> remove(UUID id, long version) {
        return parts.requireForChange(id)
                .doOnNext(part -> requireVersion(part, version))
                .delayUntil(part -> parts.remove(part, CatalogueEvents.partDeleted(part)).flatMap(PartCatalogue::requireRemoved));
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
