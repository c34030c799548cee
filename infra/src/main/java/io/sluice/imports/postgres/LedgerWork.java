package io.sluice.imports.postgres;

import io.sluice.imports.Checkpoint;
import io.sluice.imports.Import;
import io.sluice.imports.ImportLine;
import io.sluice.imports.ImportResource;
import io.sluice.imports.Mapped;
import io.sluice.imports.RetailSurvey;
import io.sluice.imports.Tally;
import io.sluice.inventory.Move;
import io.sluice.inventory.MoveCommand;
import io.sluice.inventory.MoveGroup;
import io.sluice.inventory.MoveOutcome;
import io.sluice.inventory.Shelf;
import io.sluice.inventory.StockKey;
import io.sluice.inventory.StockRow;
import io.sluice.inventory.postgres.StockTransactions;
import io.sluice.log.Caller;
import io.sluice.log.Event;
import io.sluice.log.StoredAnswer;
import io.sluice.log.postgres.PostgresLedger;
import io.sluice.log.postgres.PostgresLedger.Done;
import io.sluice.postgres.Database;
import io.sluice.postgres.PoolName;
import io.sluice.postgres.Session;
import io.sluice.shared.Problem;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Lines that become movements, each decided as any other movement is. A dry run decides on rows that it remembers. */
final class LedgerWork implements LineWork {

    private static final int OPENINGS = 1000;
    private static final StoredAnswer NOTHING = StoredAnswer.of(204, "");

    private final Database database;
    private final PostgresLedger ledger;
    private final StockTransactions transactions;
    private final Names names;
    private final Run run;
    private final Clock clock;
    private final RetailFile retail;
    private final Map<StockKey, StockRow> imagined = new HashMap<>();
    private Moves mover;

    LedgerWork(
            Database database,
            PostgresLedger ledger,
            StockTransactions transactions,
            Names names,
            Run run,
            Clock clock) {
        this.database = database;
        this.ledger = ledger;
        this.transactions = transactions;
        this.names = names;
        this.run = run;
        this.clock = clock;
        this.retail = new RetailFile(database, names, run, clock);
        this.mover = new Moves(run.it(), names, 0);
    }

    @Override
    public Mono<Void> prepare() {
        return run.it().resource() == ImportResource.RETAIL ? retail.prepare().flatMap(this::open) : Mono.empty();
    }

    private Mono<Void> open(List<RetailSurvey.Needed> needed) {
        mover = new Moves(run.it(), names, retail.shift());
        if (needed.isEmpty()) {
            return Mono.empty();
        }
        return Flux.fromIterable(needed)
                .concatMapIterable(row -> mover.opening(row).stream().toList())
                .buffer(OPENINGS)
                .takeWhile(_ -> !run.isCancelAsked())
                .concatMap(some -> step(new Openings(some)), 1)
                .then(Mono.defer(() -> run.isCancelAsked() ? Mono.empty() : step(new Opened())));
    }

    @Override
    public Mono<Void> store(List<Mapped> lines) {
        Mono<Void> lookUp = run.it().resource() == ImportResource.RETAIL ? Mono.empty() : names.lookUp(lines);
        return lookUp.then(Mono.defer(() -> step(new Lines(lines))));
    }

    /** What one transaction is to do. Made anew for each try. */
    private interface Step {
        Group group(Set<String> known);

        /** Identities that movements do not look up themselves. */
        List<String> keys();
    }

    private Mono<Void> step(Step step) {
        return (run.isDry() ? imagine(step) : post(step))
                .doOnNext(run::committed)
                .then();
    }

    private Mono<Checkpoint> post(Step step) {
        Import it = run.it();
        return ledger.transaction(PoolName.JOBS, session -> Keys.taken(session, step.keys(), it.keyScope())
                        .map(step::group)
                        .flatMap(group -> post(session, group)))
                .map(Done::answer);
    }

    private Mono<Done<Checkpoint>> post(Session session, Group group) {
        return transactions
                .post(session, List.of(command(session.caller(), group.moves)), group)
                .map(done -> new Done<>(group.next, done.position(), done.events()));
    }

    private static MoveCommand command(Caller caller, List<Move> moves) {
        return new MoveCommand(caller, moves, false, null, (_, _, _) -> NOTHING);
    }

    private Mono<Checkpoint> imagine(Step step) {
        Mono<Group> work = database.withSession(session -> Keys.taken(session, step.keys(), run.scopes())
                .map(step::group)
                .flatMap(group -> imagine(session, group)));
        return ledger.commit(PoolName.JOBS, work)
                .doOnNext(done -> imagined.putAll(done.answer().rows))
                .map(done -> done.answer().next);
    }

    private Mono<Group> imagine(Session session, Group group) {
        MoveCommand command = command(session.caller(), group.moves);
        return transactions
                .shelf(session, List.of(command))
                .map(shelf -> shelf.imagining(imagined, names.imaginedParts(), names.imaginedPlaces()))
                .map(shelf -> group.imagine(command, shelf))
                .flatMap(outcomes -> group.write(session, outcomes)
                        .thenMany(Flux.fromIterable(group.events(outcomes)).concatMap(ledger::append))
                        .then(Mono.just(group)));
    }

    /** The movements of one transaction, and what goes with them. */
    private abstract class Group implements StockTransactions.Beside {
        final List<Move> moves = new ArrayList<>();
        final Tally.Sum sum = run.sum();
        final Map<StockKey, StockRow> rows = new HashMap<>();
        Checkpoint next = run.checkpoint();

        List<MoveOutcome> imagine(MoveCommand command, Shelf shelf) {
            List<MoveOutcome> outcomes =
                    MoveGroup.decide(List.of(command), shelf).getFirst().outcomes();
            moves.forEach(move -> rows.put(move.key(), shelf.row(move.key())));
            return outcomes;
        }

        void count(Move move) {
            sum.add(move.type(), move.quantity().abs(), move.unitPrice());
        }

        @Override
        public List<Event> events(List<MoveOutcome> outcomes) {
            return run.progress(next);
        }
    }

    private final class Openings implements Step {
        private final List<Move> wished;

        Openings(List<Move> wished) {
            this.wished = wished;
        }

        @Override
        public List<String> keys() {
            return List.of();
        }

        @Override
        public Group group(Set<String> known) {
            Group group = new Group() {
                /** A row that has movements refuses its opening: it needs none. */
                @Override
                public Mono<Void> write(Session session, List<MoveOutcome> outcomes) {
                    for (int i = 0; i < outcomes.size(); i++) {
                        if (outcomes.get(i) instanceof MoveOutcome.Applied) {
                            count(moves.get(i));
                        }
                    }
                    next = next.with(sum.toTally());
                    return run.advance(session, next, List.of());
                }
            };
            group.moves.addAll(wished);
            return group;
        }
    }

    /** All openings are posted. */
    private final class Opened implements Step {

        @Override
        public List<String> keys() {
            return List.of();
        }

        @Override
        public Group group(Set<String> known) {
            return new Group() {
                @Override
                public Mono<Void> write(Session session, List<MoveOutcome> outcomes) {
                    next = next.withOpenings();
                    return run.advance(session, next, List.of());
                }
            };
        }
    }

    private final class Lines implements Step {
        private final List<Mapped> lines;

        Lines(List<Mapped> lines) {
            this.lines = lines;
        }

        @Override
        public List<String> keys() {
            return run.isDry() ? Sorting.keysOf(run.it(), lines) : Sorting.skippedKeysOf(run.it(), lines);
        }

        @Override
        public Group group(Set<String> known) {
            Sorting sorting = new Sorting(run.it(), lines, known);
            sorting.settle(run.isDry());
            return new LineGroup(sorting);
        }
    }

    private final class LineGroup extends Group {
        private final Sorting sorting;
        private final List<Integer> indexes = new ArrayList<>();

        LineGroup(Sorting sorting) {
            this.sorting = sorting;
            for (int i = 0; i < sorting.size(); i++) {
                if (sorting.isOpen(i)) {
                    wish(i);
                }
            }
        }

        private void wish(int index) {
            try {
                moves.add(mover.move((Mapped.Posting) sorting.line(index), clock.instant()));
                indexes.add(index);
            } catch (Problem problem) {
                sorting.refuse(index, problem);
            }
        }

        @Override
        public Mono<Void> write(Session session, List<MoveOutcome> outcomes) {
            for (int i = 0; i < outcomes.size(); i++) {
                settle(indexes.get(i), moves.get(i), outcomes.get(i));
            }
            List<ImportLine> lines = sorting.outcomes();
            next = run.after(lines, sum.toTally());
            String scope = run.isDry() ? run.it().dryScope() : run.it().keyScope();
            return Keys.take(session, scope, sorting.taken()).then(run.advance(session, next, lines));
        }

        private void settle(int index, Move move, MoveOutcome outcome) {
            Mapped mapped = sorting.line(index);
            switch (outcome) {
                case MoveOutcome.Applied applied -> {
                    count(move);
                    sorting.set(
                            index,
                            ImportLine.applied(
                                    mapped.line(),
                                    mapped.key(),
                                    run.isDry()
                                            ? null
                                            : Objects.requireNonNull(applied.movement())
                                                    .id()));
                }
                case MoveOutcome.Duplicate _ -> sorting.set(index, ImportLine.duplicate(mapped.line(), mapped.key()));
                case MoveOutcome.Rejected(Problem problem) -> sorting.refuse(index, problem);
            }
        }
    }
}
