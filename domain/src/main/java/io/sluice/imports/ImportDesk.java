package io.sluice.imports;

import java.time.Clock;
import java.util.List;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** Takes files in, stops imports and lets them go on. Runs inside a unit of work. */
public final class ImportDesk {

    private final Imports imports;
    private final Clock clock;

    public ImportDesk(Imports imports, Clock clock) {
        this.imports = imports;
        this.clock = clock;
    }

    public Mono<Import> queue(UUID id, String digest, long bytes) {
        return imports.findForChange(id)
                .map(upload -> upload.queued(digest, bytes))
                .delayUntil(queued -> imports.store(queued, List.of(ImportEvents.progressed(queued))));
    }

    public Mono<Import> cancel(UUID id) {
        return imports.findForChange(id).flatMap(before -> store(before, before.cancelled(clock.instant())));
    }

    public Mono<Import> resume(UUID id) {
        return imports.findForChange(id).flatMap(before -> store(before, before.resumed()));
    }

    private Mono<Import> store(Import before, Import after) {
        if (before.equals(after)) {
            return Mono.just(before);
        }
        boolean told = before.state() != after.state();
        return imports.store(after, told ? List.of(ImportEvents.ended(after, clock.instant())) : List.of())
                .thenReturn(after);
    }
}
