package io.sluice.imports.postgres;

import io.sluice.imports.Checkpoint;
import io.sluice.imports.Import;
import io.sluice.imports.ImportLine;
import io.sluice.imports.ImportResource;
import io.sluice.imports.Mapped;
import io.sluice.imports.Tally;
import io.sluice.inventory.LocationFacts;
import io.sluice.inventory.MovementType;
import io.sluice.inventory.postgres.DayUsage;
import io.sluice.inventory.postgres.StockTransactions;
import io.sluice.log.postgres.PostgresLedger;
import io.sluice.postgres.Database;
import io.sluice.postgres.PoolName;
import io.sluice.postgres.Session;
import io.sluice.shared.Problem;
import io.sluice.shared.Quantity;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Lines that become usage of earlier days and nothing else. */
final class HistoryWork implements LineWork {

    private final Database database;
    private final PostgresLedger ledger;
    private final Names names;
    private final Run run;
    private final Clock clock;
    private final RetailFile retail;
    private Moves moves;

    HistoryWork(Database database, PostgresLedger ledger, Names names, Run run, Clock clock) {
        this.database = database;
        this.ledger = ledger;
        this.names = names;
        this.run = run;
        this.clock = clock;
        this.retail = new RetailFile(database, names, run, clock);
        this.moves = new Moves(run.it(), names, 0);
    }

    @Override
    public Mono<Void> prepare() {
        return run.it().resource() == ImportResource.RETAIL
                ? retail.prepare()
                        .doOnNext(_ -> moves = new Moves(run.it(), names, retail.shift()))
                        .then()
                : Mono.empty();
    }

    @Override
    public Mono<Void> store(List<Mapped> lines) {
        Import it = run.it();
        Mono<Void> lookUp = it.resource() == ImportResource.RETAIL ? Mono.empty() : names.lookUp(lines);
        Mono<Checkpoint> work =
                database.withSession(session -> Keys.taken(session, Sorting.keysOf(it, lines), run.scopes())
                        .flatMap(known -> write(session, lines, known)));
        return lookUp.then(ledger.commit(PoolName.JOBS, work))
                .doOnNext(done -> run.committed(done.answer()))
                .then();
    }

    private Mono<Checkpoint> write(Session session, List<Mapped> lines, Set<String> known) {
        Sorting sorting = new Sorting(run.it(), lines, known);
        sorting.settle(true);
        Tally.Sum sum = run.sum();
        List<DayUsage> usage = new ArrayList<>();
        for (int i = 0; i < sorting.size(); i++) {
            if (sorting.isOpen(i)) {
                settle(sorting, i, usage, sum);
            }
        }
        List<ImportLine> outcomes = sorting.outcomes();
        Checkpoint next = run.after(outcomes, sum.toTally());
        Mono<Void> stored = run.isDry()
                ? Keys.take(session, run.it().dryScope(), sorting.taken())
                : StockTransactions.addHistory(session, usage)
                        .then(Keys.take(session, run.it().keyScope(), sorting.taken()));
        return stored.then(run.advance(session, next, outcomes))
                .thenMany(Flux.fromIterable(run.progress(next)).concatMap(ledger::append))
                .then(Mono.just(next));
    }

    private void settle(Sorting sorting, int index, List<DayUsage> usage, Tally.Sum sum) {
        Mapped mapped = sorting.line(index);
        try {
            List<DayUsage> days =
                    switch (mapped) {
                        case Mapped.Posting posting -> List.of(usageOf(posting, sum));
                        case Mapped.UsageRow row -> usageOf(row, sum);
                        default -> throw new IllegalStateException("no usage: " + mapped);
                    };
            usage.addAll(days);
            sorting.set(index, ImportLine.applied(mapped.line(), mapped.key(), null));
        } catch (Problem problem) {
            sorting.refuse(index, problem);
        }
    }

    private DayUsage usageOf(Mapped.Posting posting, Tally.Sum sum) {
        LocationFacts place = moves.place(posting);
        UUID part = names.part(posting.part());
        Instant now = clock.instant();
        Instant at = Objects.requireNonNullElse(moves.at(posting, place, now), now);
        LocalDate day = at.atZone(place.timeZone()).toLocalDate();
        boolean issue = posting.type() == MovementType.ISSUE;
        boolean back = posting.type() == MovementType.RETURN;
        BigDecimal price = posting.unitPrice() == null ? BigDecimal.ZERO : posting.unitPrice();
        Quantity issued = issue ? posting.quantity() : Quantity.ZERO;
        var usage = new DayUsage(
                part,
                place.id(),
                day,
                issued,
                issue ? 1 : 0,
                back ? posting.quantity() : Quantity.ZERO,
                price.multiply(issued.toBigDecimal()));
        sum.add(posting.type(), posting.quantity().abs(), posting.unitPrice());
        return usage;
    }

    private List<DayUsage> usageOf(Mapped.UsageRow row, Tally.Sum sum) {
        LocationFacts place = names.place(row.place());
        Moves.requireCovered(run.it().rights().configure(), place, row.place());
        UUID part = names.part(row.part());
        List<DayUsage> days = new ArrayList<>(row.days().size());
        for (Mapped.Used used : row.days()) {
            days.add(new DayUsage(
                    part,
                    place.id(),
                    used.day(),
                    used.quantity(),
                    used.quantity().isZero() ? 0 : 1,
                    Quantity.ZERO,
                    BigDecimal.ZERO));
            sum.used(used.quantity());
        }
        return days;
    }
}
