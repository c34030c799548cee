package io.sluice.inventory.postgres;

import io.sluice.inventory.LocationFacts;
import io.sluice.inventory.Move;
import io.sluice.inventory.MoveAnswer;
import io.sluice.inventory.MoveCommand;
import io.sluice.inventory.MoveGroup;
import io.sluice.inventory.MoveGroup.Decided;
import io.sluice.inventory.MoveOutcome;
import io.sluice.inventory.Movement;
import io.sluice.inventory.Shelf;
import io.sluice.inventory.StockKey;
import io.sluice.inventory.postgres.Shelves.Locked;
import io.sluice.log.Caller;
import io.sluice.log.Event;
import io.sluice.log.OnceKey;
import io.sluice.log.StoredAnswer;
import io.sluice.log.postgres.Appender;
import io.sluice.log.postgres.Appender.Draft;
import io.sluice.log.postgres.Appender.Linked;
import io.sluice.log.postgres.Appender.LockedHead;
import io.sluice.log.postgres.Appender.Taken;
import io.sluice.log.postgres.PostgresLedger.Done;
import io.sluice.postgres.Session;
import io.sluice.postgres.Session.Write;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A group of movements inside one transaction: the rows are locked; the tenant's head is locked after them and what
 * decisions need is read with it; and all that is new is written: three statements, however many movements they are.
 */
public final class StockTransactions {

    private final Clock clock;
    private final Optional<Scheduler> deciders;

    StockTransactions(Clock clock) {
        this.clock = clock;
        this.deciders = Optional.empty();
    }

    /** @param deciders threads for decisions and what is written of them, which for large groups is more than a moment */
    public StockTransactions(Clock clock, Scheduler deciders) {
        this.clock = clock;
        this.deciders = Optional.of(deciders);
    }

    /** What else the transaction writes, once the outcomes are known. */
    public interface Beside {

        Beside NOTHING = new Beside() {
            @Override
            public Mono<Void> write(Session session, List<MoveOutcome> outcomes) {
                return Mono.empty();
            }

            @Override
            public List<Event> events(List<MoveOutcome> outcomes) {
                return List.of();
            }
        };

        /** Runs before the last statement. */
        Mono<Void> write(Session session, List<MoveOutcome> outcomes);

        /** Come behind those of the movements. Asked for after {@link #write} was made, before it runs. */
        List<Event> events(List<MoveOutcome> outcomes);
    }

    /** Posts the commands, each with its own outcomes, in order. */
    public Mono<Done<List<MoveAnswer>>> post(Session session, List<MoveCommand> commands, Beside beside) {
        return locked(session, commands)
                .flatMap(locked -> store(session, locked, MoveGroup.decide(commands, locked.shelf()), beside));
    }

    /** The rows that the commands are about, locked, with what decisions need. */
    public Mono<Shelf> shelf(Session session, List<MoveCommand> commands) {
        return locked(session, commands).map(Locked::shelf);
    }

    private Mono<Locked> locked(Session session, List<MoveCommand> commands) {
        return Shelves.load(session, rowsOf(commands), keysOf(commands), clock.instant())
                .transform(this::handedOver);
    }

    /** Off the event loop, which other connections share. */
    private <T> Mono<T> handedOver(Mono<T> answer) {
        return deciders.map(answer::publishOn).orElse(answer);
    }

    /** Adds to the usage of days that no movement stands for. */
    public static Mono<Void> addHistory(Session session, List<DayUsage> usage) {
        List<Write> writes = new ArrayList<>(1);
        StockWriter.addUsage(session, "HISTORY", usage, writes);
        return session.together(writes);
    }

    private static SortedSet<StockKey> rowsOf(List<MoveCommand> commands) {
        SortedSet<StockKey> keys = new TreeSet<>();
        for (MoveCommand command : commands) {
            for (Move move : command.moves()) {
                keys.add(move.key());
            }
        }
        return keys;
    }

    private static List<OnceKey> keysOf(List<MoveCommand> commands) {
        List<OnceKey> keys = new ArrayList<>();
        for (MoveCommand command : commands) {
            if (command.once() != null) {
                keys.add(command.once());
            }
            for (Move move : command.moves()) {
                if (move.once() != null) {
                    keys.add(move.once());
                }
            }
        }
        return keys;
    }

    private Mono<Done<List<MoveAnswer>>> store(Session session, Locked locked, List<Decided> decided, Beside beside) {
        boolean changesNothing =
                beside == Beside.NOTHING && decided.stream().allMatch(StockTransactions::changesNothing);
        return changesNothing
                ? Mono.just(new Done<>(answers(decided, List.of()), 0, List.of()))
                : append(session, locked, decided, beside);
    }

    private static boolean changesNothing(Decided decided) {
        return decided.command().once() == null
                && decided.outcomes().stream().noneMatch(MoveOutcome.Applied.class::isInstance);
    }

    private static List<DayUsage> usageOf(Shelf shelf, List<Decided> decided) {
        List<DayUsage> usage = new ArrayList<>();
        for (Decided one : decided) {
            for (MoveOutcome outcome : one.outcomes()) {
                if (outcome instanceof MoveOutcome.Applied applied) {
                    LocationFacts location = shelf.location(applied.row().key().location());
                    if (location != null) {
                        usage.add(DayUsage.of(applied.movement(), location));
                    }
                }
            }
        }
        return usage;
    }

    /** What a decided command wrote, once its positions are known. */
    private record Written(StoredAnswer answer, List<Posted> posted) {}

    /** A movement at its position. */
    record Posted(Movement movement, Caller caller, long position) {}

    private Mono<Done<List<MoveAnswer>>> append(Session session, Locked locked, List<Decided> decided, Beside beside) {
        LockedHead head = locked.head();
        Instant at = Appender.timeAfter(head, clock.instant());
        List<Draft> drafts = new ArrayList<>();
        List<Taken> taken = new ArrayList<>();
        List<Posted> posted = new ArrayList<>();
        List<StoredAnswer> written = new ArrayList<>(decided.size());
        for (Decided one : decided) {
            written.add(written(one, head.position(), at, drafts, taken, posted));
        }
        List<MoveOutcome> outcomes =
                decided.stream().flatMap(one -> one.outcomes().stream()).toList();
        Mono<Void> more = beside.write(session, outcomes);
        beside.events(outcomes).forEach(event -> drafts.add(new Draft(session.caller(), event)));
        List<Linked> linked = Appender.link(head, at, drafts);
        List<Write> writes = StockWriter.rows(session, locked.shelf());
        StockWriter.addUsage(session, "LEDGER", usageOf(locked.shelf(), decided), writes);
        StockWriter.addMovements(session, posted, at, writes);
        writes.addAll(Appender.writes(session, head, at, linked, taken));
        return StockWriter.writeAlerts(session, locked.shelf())
                .then(more)
                .then(session.together(writes))
                .then(Mono.fromSupplier(
                        () -> new Done<>(answers(decided, written), head.position() + linked.size(), linked)));
    }

    private static StoredAnswer written(
            Decided one, long head, Instant at, List<Draft> drafts, List<Taken> taken, List<Posted> posted) {
        MoveCommand command = one.command();
        if (one.outcomes().isEmpty()) {
            return NOTHING;
        }
        long[] positions = new long[one.outcomes().size()];
        for (int i = 0; i < positions.length; i++) {
            if (one.outcomes().get(i) instanceof MoveOutcome.Applied applied) {
                Movement movement = applied.movement();
                positions[i] = head + drafts.size() + 1;
                applied.events().forEach(event -> drafts.add(new Draft(command.caller(), event)));
                posted.add(new Posted(movement, command.caller(), positions[i]));
                OnceKey line = movement.move().once();
                if (line != null) {
                    taken.add(new Taken(line, lineAnswer(movement, positions[i])));
                }
            }
        }
        StoredAnswer answer = command.writer().write(one.outcomes(), positions, at);
        if (command.once() != null) {
            taken.add(new Taken(command.once(), answer));
        }
        return answer;
    }

    private static final StoredAnswer NOTHING = StoredAnswer.of(204, "");

    private static StoredAnswer lineAnswer(Movement movement, long position) {
        UUID id = movement.id();
        String body =
                "{\"id\":\"" + id + "\",\"newQuantity\":" + movement.balanceAfter() + ",\"position\":" + position + "}";
        return StoredAnswer.of(200, body).at(position);
    }

    private static List<MoveAnswer> answers(List<Decided> decided, List<StoredAnswer> written) {
        List<MoveAnswer> answers = new ArrayList<>(decided.size());
        for (int i = 0; i < decided.size(); i++) {
            answers.add(answer(decided.get(i), i, answers, written));
        }
        return answers;
    }

    private static MoveAnswer answer(Decided one, int index, List<MoveAnswer> before, List<StoredAnswer> written) {
        if (one.failure() != null) {
            return new MoveAnswer(List.of(new MoveOutcome.Rejected(one.failure())), NOTHING);
        }
        if (one.replayed() != null) {
            return new MoveAnswer(List.of(), one.replayed());
        }
        if (one.twin() != null) {
            StoredAnswer first = before.get(one.twin()).answer();
            return new MoveAnswer(
                    List.of(),
                    new StoredAnswer(
                            first.status(), first.body(), first.etag(), first.location(), first.position(), true));
        }
        StoredAnswer answer = index < written.size()
                ? written.get(index)
                : one.command()
                        .writer()
                        .write(one.outcomes(), new long[one.outcomes().size()], Instant.EPOCH);
        return new MoveAnswer(one.outcomes(), answer);
    }
}
