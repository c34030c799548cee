package io.sluice.inventory;

import io.sluice.log.Event;
import io.sluice.shared.Problem;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The parts of the caller's tenant. Writing verbs need a unit of work. */
public interface Parts {

    Mono<Part> find(UUID id);

    /** Those of the numbers that exist; exact case. */
    Flux<Part> findByNumbers(Collection<String> numbers);

    /** As {@link #find}, locked for change; only in a unit of work. */
    Mono<Part> findForChange(UUID id);

    default Mono<Part> require(UUID id) {
        return find(id).switchIfEmpty(Mono.error(() -> new Problem.NotFound("part", id)));
    }

    default Mono<Part> requireForChange(UUID id) {
        return findForChange(id).switchIfEmpty(Mono.error(() -> new Problem.NotFound("part", id)));
    }

    /** Fails with {@code part-number-taken} or {@code unknown-category}. */
    Mono<Void> add(Part part, Event created);

    Mono<Void> store(Part part, List<Event> events);

    /** True when the part was removed, false when something refers to it. */
    Mono<Boolean> remove(Part part, Event deleted);

    /** Which parts a list shows, in part-number order. {@code category} includes its descendants. */
    record Query(
            @Nullable UUID category,
            Part.@Nullable Status status,
            Part.@Nullable Type type,
            @Nullable String tag) {}

    Flux<Part> list(Query query, @Nullable String afterNumber, int limit);

    Mono<Long> count(Query query);
}
