package io.sluice.imports.postgres;

import io.sluice.imports.Checkpoint;
import io.sluice.imports.Import;
import io.sluice.imports.ImportLine;
import io.sluice.imports.Mapped;
import io.sluice.log.postgres.PostgresLedger;
import io.sluice.postgres.Database;
import io.sluice.postgres.PoolName;
import io.sluice.postgres.Session;
import io.sluice.shared.Problem;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Parts, places and categories, one after the other as if somebody made them by hand. */
final class CatalogueWork implements LineWork {

    private final Database database;
    private final PostgresLedger ledger;
    private final CatalogueLines catalogue;
    private final Run run;

    CatalogueWork(Database database, PostgresLedger ledger, CatalogueLines catalogue, Run run) {
        this.database = database;
        this.ledger = ledger;
        this.catalogue = catalogue;
        this.run = run;
    }

    @Override
    public Mono<Void> prepare() {
        return Mono.empty();
    }

    @Override
    public Mono<Void> store(List<Mapped> lines) {
        Import it = run.it();
        Mono<Checkpoint> work =
                database.withSession(session -> Keys.taken(session, Sorting.keysOf(it, lines), run.scopes())
                        .flatMap(known -> write(session, lines, known)));
        return ledger.commit(PoolName.JOBS, work)
                .retryWhen(Retry.max(3).filter(CatalogueWork::wasMadeElsewhere))
                .doOnNext(done -> run.committed(done.answer()))
                .then();
    }

    private static boolean wasMadeElsewhere(Throwable error) {
        return error instanceof Problem.Stale
                || (error instanceof Problem.Conflict taken && taken.code().endsWith("-taken"));
    }

    private Mono<Checkpoint> write(Session session, List<Mapped> lines, Set<String> known) {
        Sorting sorting = new Sorting(run.it(), lines, known);
        sorting.settle(true);
        return catalogue.known(session, run.it(), lines).flatMap(present -> Flux.range(0, sorting.size())
                .filter(sorting::isOpen)
                .concatMap(index -> settle(sorting, index, present))
                .then(Mono.defer(() -> advance(session, sorting, present))));
    }

    /** Refusals come before anything is written, so the transaction goes on after them. */
    private Mono<Void> settle(Sorting sorting, int index, CatalogueLines.Known present) {
        Mapped mapped = sorting.line(index);
        return Mono.fromCallable(() -> catalogue.decide(mapped, present))
                .flatMap(decided ->
                        run.isDry() ? Mono.just(decided.id()) : decided.store().thenReturn(decided.id()))
                .doOnNext(id -> sorting.set(index, applied(mapped, id)))
                .then()
                .onErrorResume(
                        CatalogueLines.Refused.class,
                        refused -> Mono.fromRunnable(() -> sorting.refuse(index, refused.problem())));
    }

    private ImportLine applied(Mapped mapped, UUID id) {
        return ImportLine.applied(mapped.line(), mapped.key(), run.isDry() ? null : id);
    }

    private Mono<Checkpoint> advance(Session session, Sorting sorting, CatalogueLines.Known present) {
        List<ImportLine> outcomes = sorting.outcomes();
        Checkpoint next = run.after(outcomes, run.checkpoint().tally());
        String scope = run.isDry() ? run.it().dryScope() : run.it().keyScope();
        Mono<Void> imagined = run.isDry()
                ? Keys.take(session, scope, CatalogueLines.names(sorting, present.imaginedBefore()))
                : Mono.empty();
        return Keys.take(session, scope, sorting.taken())
                .then(imagined)
                .then(run.advance(session, next, outcomes))
                .thenMany(Flux.fromIterable(run.progress(next)).concatMap(ledger::append))
                .then(Mono.just(next));
    }
}
