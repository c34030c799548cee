package io.sluice.imports.postgres;

import io.sluice.access.Tenants;
import io.sluice.imports.Import;
import io.sluice.imports.ImportEvents;
import io.sluice.imports.ImportOptions;
import io.sluice.imports.ImportResource;
import io.sluice.imports.ImportState;
import io.sluice.imports.Imports;
import io.sluice.imports.Mapped;
import io.sluice.imports.Tally;
import io.sluice.inventory.Categories;
import io.sluice.inventory.Locations;
import io.sluice.inventory.Parts;
import io.sluice.inventory.StockControl;
import io.sluice.inventory.postgres.StockTransactions;
import io.sluice.log.Actor;
import io.sluice.log.Caller;
import io.sluice.log.Cause;
import io.sluice.log.postgres.PostgresLedger;
import io.sluice.postgres.Database;
import io.sluice.postgres.Failures;
import io.sluice.postgres.PoolName;
import io.sluice.shared.Problem;
import io.sluice.shared.TenantId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.Context;
import reactor.util.retry.Retry;

/** Carries out the imports of a tenant that wait, one after the other. */
final class Rounds {

    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);
    private static final Duration RENEWAL = Duration.ofSeconds(10);
    private static final int LINES = 1000;
    private static final int TRANSACTIONS_A_SECOND = 4;
    private static final int MOST_TRIES = 5;

    private final Leases leases;
    private final Database database;
    private final PostgresLedger ledger;
    private final Imports imports;
    private final Makers makers;
    private final CatalogueLines catalogue;
    private final StockTransactions transactions;
    private final Scheduler threads;
    private final Clock clock;
    private final Map<UUID, TenantId> running = new ConcurrentHashMap<>();

    Rounds(
            Leases leases,
            Database database,
            PostgresLedger ledger,
            Imports imports,
            Tenants tenants,
            Parts parts,
            Locations locations,
            Categories categories,
            StockControl control,
            Scheduler threads,
            Clock clock) {
        this.leases = leases;
        this.database = database;
        this.ledger = ledger;
        this.imports = imports;
        this.makers = new Makers(ledger, tenants, parts, locations, categories, control, clock);
        this.catalogue = new CatalogueLines(tenants, parts, locations, categories, control, clock);
        this.transactions = new StockTransactions(clock, threads);
        this.threads = threads;
        this.clock = clock;
    }

    /** Ends when none waits any more. */
    Mono<Void> round(TenantId tenant) {
        return leases.sweep(tenant, imports)
                .then(leases.claim(tenant))
                .flatMap(claimed -> carryOut(tenant, claimed).thenReturn(true))
                .hasElement()
                .repeat()
                .takeWhile(another -> another)
                .then();
    }

    /** Gives up what was broken off by {@link ImportRunner#stop()}, so that another node need not wait for the lease. */
    Mono<Void> release() {
        return Flux.fromIterable(Map.copyOf(running).entrySet())
                .concatMap(
                        open -> leases.release(open.getValue(), open.getKey()).onErrorComplete())
                .doFinally(_ -> running.clear())
                .then();
    }

    private Mono<Void> carryOut(TenantId tenant, Leases.Claimed claimed) {
        Import it = claimed.it();
        running.put(it.id(), tenant);
        Run run = new Run(leases, threads, it);
        Mono<Void> work = claimed.tries() > MOST_TRIES
                ? fail(run, "gave-up: the import broke off " + MOST_TRIES + " times in a row")
                : work(run);
        return Mono.firstWithSignal(work, renewals(run))
                .onErrorResume(Leases.Lost.class, _ -> Mono.empty())
                .doOnTerminate(() -> running.remove(it.id()))
                .doOnCancel(() -> LOG.info("import {} is left to the next node", it.id()))
                .contextWrite(Context.of(Caller.class, callerOf(tenant, it)));
    }

    private static Caller callerOf(TenantId tenant, Import it) {
        String id = it.id().toString();
        return new Caller(
                tenant,
                new Actor(Actor.Kind.JOB, id, it.requestedBy()),
                new Cause(id, id, "import " + it.resource().word(), null));
    }

    /** Never ends by itself. */
    private Mono<Void> renewals(Run run) {
        return Flux.interval(RENEWAL, RENEWAL)
                .onBackpressureDrop()
                .concatMap(_ -> leases.renew(run.it().id()).doOnNext(run::cancelAsked))
                .then();
    }

    /** What fails for a reason that may pass is tried again from its last checkpoint. */
    private Mono<Void> work(Run run) {
        run.cancelAsked(run.it().cancelAsked());
        return Mono.defer(() -> run.isDry() ? startOver(run) : Mono.empty())
                .then(Mono.defer(() -> workOf(run)))
                .retryWhen(Retry.backoff(3, Duration.ofSeconds(2)).jitter(0.2).filter(Rounds::mayPass))
                .onErrorMap(Exceptions::isRetryExhausted, Failures::lastCause)
                .then(Mono.defer(() -> end(run)))
                .onErrorResume(error -> !(error instanceof Leases.Lost), error -> fail(run, describe(run, error)));
    }

    /** What a dry run imagined is gone with the run that was broken off. */
    private Mono<Void> startOver(Run run) {
        return leases.startOver(run.it()).doOnSuccess(_ -> run.startOver());
    }

    private static boolean mayPass(Throwable error) {
        return error instanceof Problem.Unavailable || error instanceof Problem.TimedOut;
    }

    private Mono<Void> workOf(Run run) {
        LineWork work = lineWork(run);
        return work.prepare().then(Mono.defer(() -> run.isCancelAsked() ? Mono.empty() : lines(run, work)));
    }

    private LineWork lineWork(Run run) {
        Names names = new Names(database, makers, run.it());
        return switch (run.it().resource()) {
            case PARTS, LOCATIONS, CATEGORIES -> new CatalogueWork(database, ledger, catalogue, run);
            case CONSUMPTION -> new HistoryWork(database, ledger, names, run, clock);
            case MOVEMENTS, STOCK -> new LedgerWork(database, ledger, transactions, names, run, clock);
            case RETAIL ->
                run.it().options().mode() == ImportOptions.Mode.LEDGER
                        ? new LedgerWork(database, ledger, transactions, names, run, clock)
                        : new HistoryWork(database, ledger, names, run, clock);
        };
    }

    private Mono<Void> lines(Run run, LineWork work) {
        int pace = run.it().options().pace();
        int size = pace == 0 ? LINES : Math.clamp(pace / TRANSACTIONS_A_SECOND, 1, LINES);
        long done = run.checkpoint().line();
        Flux<Mapped> lines = run.lines().skipWhile(mapped -> mapped.line().number() <= done);
        return lines.buffer(size)
                .takeWhile(_ -> !run.isCancelAsked())
                .index()
                .concatMap(chunk -> paced(pace, size, chunk.getT1()).then(work.store(chunk.getT2())), 1)
                .then();
    }

    /** A chunk waits for as long as it takes to send the one before it at the wished pace. */
    private static Mono<Void> paced(int pace, int size, long index) {
        return pace == 0 || index == 0
                ? Mono.empty()
                : Mono.delay(Duration.ofNanos(1_000_000_000L * size / pace)).then();
    }

    private Mono<Void> end(Run run) {
        Instant now = clock.instant();
        return run.isCancelAsked()
                ? store(run, run.it().at(run.checkpoint()).ended(ImportState.CANCELLED, null, null, now), now)
                : store(
                        run,
                        run.it().at(run.checkpoint()).ended(ImportState.SUCCEEDED, result(run, now), null, now),
                        now);
    }

    private Mono<Void> fail(Run run, String why) {
        Instant now = clock.instant();
        return store(run, run.it().at(run.checkpoint()).ended(ImportState.FAILED, null, why, now), now);
    }

    private static String describe(Run run, Throwable error) {
        if (error instanceof Problem problem) {
            return problem.code() + ": " + problem.detail();
        }
        LOG.error("import {} failed", run.it().id(), error);
        return "internal-error: the import broke off";
    }

    /** The end is told in the transaction that writes it; a file that is done is kept no longer. */
    private Mono<Void> store(Run run, Import ended, Instant now) {
        Mono<Void> work = database.withSession(session -> leases.end(session, ended)
                .then(run.isDry() ? leases.forgetDryRun(session, ended) : Mono.empty())
                .then(ended.state() == ImportState.SUCCEEDED ? leases.dropPieces(session, ended.id()) : Mono.empty()));
        return ledger.commit(
                        PoolName.JOBS,
                        work.then(ledger.append(ImportEvents.ended(ended, now))).thenReturn(true))
                .then();
    }

    private static Map<String, Object> result(Run run, Instant now) {
        Tally tally = run.checkpoint().tally();
        Map<String, Object> result = new LinkedHashMap<>(run.figures());
        Map<String, Object> types = new TreeMap<>();
        tally.byType().forEach((type, count) -> types.put(type.name(), count));
        result.put("lines", ImportJson.fields(run.checkpoint().counters()));
        result.put("byType", types);
        if (isOfStock(run.it().resource())) {
            result.put("unitsOut", tally.out());
            result.put("unitsBack", tally.back());
            result.put("revenue", tally.revenue());
            result.put("refunded", tally.refunded());
        }
        if (run.it().resource() == ImportResource.CONSUMPTION) {
            result.put("values", tally.days());
            result.put("unitsOut", tally.out());
        }
        var took = run.it().duration(now);
        if (took != null) {
            long millis = Math.max(1, took.toMillis());
            result.put("durationMs", millis);
            result.put("linesPerSecond", run.checkpoint().counters().read() * 1000 / millis);
        }
        return result;
    }

    private static boolean isOfStock(ImportResource resource) {
        return List.of(ImportResource.RETAIL, ImportResource.MOVEMENTS, ImportResource.STOCK)
                .contains(resource);
    }
}
