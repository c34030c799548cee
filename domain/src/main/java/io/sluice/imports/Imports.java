package io.sluice.imports;

import io.sluice.log.Event;
import io.sluice.shared.Problem;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The imports of the caller's tenant and their files. */
public interface Imports {

    /** Begins a file. Nobody sees it before it is queued. */
    Mono<Void> open(Import upload);

    /** Keeps the next piece of a file that comes in; pieces are numbered from 0. */
    Mono<Void> keep(UUID id, int number, byte[] content);

    /** Removes a file that did not come in whole. */
    Mono<Void> discard(UUID id);

    /** Empty when it is unknown or still comes in. */
    Mono<Import> find(UUID id);

    default Mono<Import> require(UUID id) {
        return find(id).switchIfEmpty(Mono.error(() -> new Problem.NotFound("import", id)));
    }

    /** As {@link #find}, locked for change, a file that still comes in, too; only in a unit of work. */
    Mono<Import> findForChange(UUID id);

    /** Writes state, digest and size; only in a unit of work. */
    Mono<Void> store(Import changed, List<Event> events);

    /** In the order of the file, behind the given number. */
    Flux<ImportLine> lines(UUID id, ImportLine.@Nullable Outcome outcome, long after, int limit);
}
