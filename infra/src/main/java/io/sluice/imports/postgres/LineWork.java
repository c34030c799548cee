package io.sluice.imports.postgres;

import io.sluice.imports.Mapped;
import java.util.List;
import reactor.core.publisher.Mono;

/** What is done with the lines of an import. */
interface LineWork {

    /** Before the first line, and again whenever the import goes on after a break. */
    Mono<Void> prepare();

    /** At most 1,000 lines, whole in one transaction with their checkpoint. */
    Mono<Void> store(List<Mapped> lines);
}
