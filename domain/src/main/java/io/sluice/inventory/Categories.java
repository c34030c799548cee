package io.sluice.inventory;

import io.sluice.log.Event;
import io.sluice.shared.Problem;
import java.util.Collection;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The category tree of the caller's tenant. Writing verbs need a unit of work. */
public interface Categories {

    Mono<Category> find(UUID id);

    default Mono<Category> require(UUID id) {
        return find(id).switchIfEmpty(Mono.error(() -> new Problem.NotFound("category", id)));
    }

    /** Those of the codes that exist. */
    Flux<Category> findByCodes(Collection<String> codes);

    /** Waits until nobody else changes the tree, and keeps it so until the unit of work ends. */
    Mono<Void> awaitTree();

    /** The category and everything under it, from the top down; only in a unit of work, locked. */
    Flux<Category> subtreeForChange(UUID id);

    /** Fails with {@code code-taken}. */
    Mono<Void> add(Category category, Event created);

    Mono<Void> store(Category category, Event changed);

    /** Writes a new path only: what moved was an ancestor. */
    Mono<Void> storePath(Category category);

    /** True when the category was removed, false when parts or categories are in it. */
    Mono<Boolean> remove(Category category, Event deleted);

    /** A category with the number of parts in it alone and with all under it. */
    record Counted(Category category, long parts, long partsBelow) {}

    Flux<Counted> tree();
}
