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
import io.sluice.log.Caller;
import io.sluice.log.Event;
import io.sluice.log.OnceKey;
import io.sluice.log.StoredAnswer;
import io.sluice.log.postgres.Appender;
import io.sluice.log.postgres.Appender.Draft;
import io.sluice.log.postgres.Appender.Head;
import io.sluice.log.postgres.Appender.Linked;
import io.sluice.log.postgres.Appender.Taken;
import io.sluice.log.postgres.PostgresLedger.Done;
import io.sluice.postgres.Session;
import io.sluice.postgres.Session.Write;
import io.sluice.shared.TenantId;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A group of movements inside one transaction, in three statements, however many movements they are: the tenant's head
 * is locked; what decisions need is read; and all that is new is written. Who knows the rows from the group before needs
 * only the last of them.
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

    /** What decisions stand on. */
    private record Ground(Shelf shelf, Head head, Holding holding, Warm warm) {}

    /** Whether the head's lock is held, or nothing but trust that the log has not moved on since. */
    private enum Holding {
        LOCK,
        TRUST
    }

    /** The answers of a group, and its rows as they are once it is committed. */
    record Landed(List<MoveAnswer> answers, Warm warm) {}

    /** A decided group: what to write, step by step, and what is true once that is committed. */
    record Prepared(List<List<Write>> steps, Done<Landed> done) {}

    /** Posts the commands, each with its own outcomes, in order. */
    public Mono<Done<List<MoveAnswer>>> post(Session session, List<MoveCommand> commands, Beside beside) {
        return locked(session, rowsOf(commands), keysOf(commands))
                .flatMap(ground -> store(session, ground, MoveGroup.decide(commands, ground.shelf()), beside));
    }

    /** Whether all rows are known that the commands are about. */
    static boolean suffices(Warm warm, List<MoveCommand> commands) {
        return warm.missing(rowsOf(commands)).isEmpty();
    }

    /**
     * Decides the commands on rows that are all known. The steps fail with {@link
     * io.sluice.postgres.Failures#hasMovedOn} when the rows are not what the database has; a key that is taken already
     * is found by its constraint.
     */
    Prepared prepare(Caller caller, List<MoveCommand> commands, Warm warm) {
        SortedSet<StockKey> keys = rowsOf(commands);
        return prepared(caller, keys, trusted(keys, Map.of(), warm), commands);
    }

    /** Posts the commands on the rows that are known already, as far as they are; fails as {@link #prepare}. */
    Mono<Done<Landed>> post(Session session, List<MoveCommand> commands, @Nullable Warm warm) {
        SortedSet<StockKey> keys = rowsOf(commands);
        List<OnceKey> once = keysOf(commands);
        Mono<Ground> ground = warm == null ? locked(session, keys, once) : trusted(session, keys, once, warm);
        return ground.map(it -> prepared(session.caller(), keys, it, commands)).flatMap(it -> stored(session, it));
    }

    private static Mono<Done<Landed>> stored(Session session, Prepared prepared) {
        return Flux.fromIterable(prepared.steps()).concatMap(session::together).then(Mono.just(prepared.done()));
    }

    private Prepared prepared(Caller caller, SortedSet<StockKey> keys, Ground ground, List<MoveCommand> commands) {
        List<Decided> decided = MoveGroup.decide(commands, ground.shelf());
        List<List<Write>> steps = new ArrayList<>(1);
        Done<List<MoveAnswer>> done;
        if (decided.stream().allMatch(StockTransactions::changesNothing)) {
            steps.addAll(proof(caller.tenant(), ground));
            done = new Done<>(answers(decided, List.of()), 0, List.of());
        } else {
            Appended appended = appended(caller, ground, decided, List.of());
            steps.addAll(alertSteps(caller.tenant(), ground));
            steps.add(appended.writes());
            done = appended.done();
        }
        return new Prepared(steps, new Done<>(landed(ground, keys, done), done.position(), done.events()));
    }

    /** A refusal, too, must be right at the time that it is given. */
    private static List<List<Write>> proof(TenantId tenant, Ground ground) {
        return switch (ground.holding()) {
            case LOCK -> List.of();
            case TRUST -> List.of(List.of(Appender.keepHead(tenant, ground.head())));
        };
    }

    /** Alerts are written with the head's lock held, as all that changes them does. */
    private static List<List<Write>> alertSteps(TenantId tenant, Ground ground) {
        if (!ground.shelf().changesAlerts()) {
            return List.of();
        }
        List<List<Write>> steps = new ArrayList<>(proof(tenant, ground));
        StockWriter.alerts(tenant, ground.shelf()).forEach(write -> steps.add(List.of(write)));
        return steps;
    }

    private static Landed landed(Ground ground, SortedSet<StockKey> keys, Done<List<MoveAnswer>> done) {
        Head head = done.events().isEmpty()
                ? ground.head()
                : headAfter(done.events().getLast());
        return new Landed(
                done.answer(), ground.warm().with(ground.shelf(), keys).at(head));
    }

    private static Head headAfter(Linked last) {
        return new Head(last.event().position(), last.hash(), last.event().at());
    }

    /** The rows that the commands are about, locked, with what decisions need. */
    public Mono<Shelf> shelf(Session session, List<MoveCommand> commands) {
        return locked(session, rowsOf(commands), keysOf(commands)).map(Ground::shelf);
    }

    private Mono<Ground> locked(Session session, SortedSet<StockKey> keys, List<OnceKey> once) {
        return Shelves.lock(session, keys, once, clock.instant())
                .map(it -> new Ground(it.shelf(), it.head(), Holding.LOCK, Warm.empty(it.head())))
                .transform(this::handedOver);
    }

    private Mono<Ground> trusted(Session session, SortedSet<StockKey> keys, List<OnceKey> once, Warm warm) {
        List<StockKey> missing = warm.missing(keys);
        return missing.isEmpty()
                ? Mono.just(trusted(keys, Map.of(), warm))
                : Shelves.read(session, missing, once, clock.instant())
                        .flatMap(read ->
                                Arrays.equals(read.head().hash(), warm.head().hash())
                                        ? Mono.just(trusted(keys, read.kept(), warm.with(read.shelf(), missing)))
                                        : locked(session, keys, once));
    }

    private Ground trusted(SortedSet<StockKey> keys, Map<String, Shelf.Kept> kept, Warm warm) {
        return new Ground(warm.shelf(keys, kept, clock.instant()), warm.head(), Holding.TRUST, warm);
    }

    /** Off the event loop, which other connections share. */
    private <T> Mono<T> handedOver(Mono<T> answer) {
        return deciders.map(answer::publishOn).orElse(answer);
    }

    /** Adds to the usage of days that no movement stands for. */
    public static Mono<Void> addHistory(Session session, List<DayUsage> usage) {
        List<Write> writes = new ArrayList<>(1);
        StockWriter.addUsage(session.caller().tenant(), "HISTORY", usage, writes);
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

    private Mono<Done<List<MoveAnswer>>> store(Session session, Ground ground, List<Decided> decided, Beside beside) {
        boolean changesNothing =
                beside == Beside.NOTHING && decided.stream().allMatch(StockTransactions::changesNothing);
        return changesNothing
                ? Mono.just(new Done<>(answers(decided, List.of()), 0, List.of()))
                : append(session, ground, decided, beside);
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

    /** A movement at its position. */
    record Posted(Movement movement, Caller caller, long position) {}

    private Mono<Done<List<MoveAnswer>>> append(Session session, Ground ground, List<Decided> decided, Beside beside) {
        List<MoveOutcome> outcomes =
                decided.stream().flatMap(one -> one.outcomes().stream()).toList();
        Mono<Void> more = beside.write(session, outcomes);
        Appended appended = appended(session.caller(), ground, decided, beside.events(outcomes));
        return StockWriter.writeAlerts(session, ground.shelf())
                .then(more)
                .then(session.together(appended.writes()))
                .thenReturn(appended.done());
    }

    private record Appended(List<Write> writes, Done<List<MoveAnswer>> done) {}

    private Appended appended(Caller caller, Ground ground, List<Decided> decided, List<Event> beside) {
        Head head = ground.head();
        Instant at = Appender.timeAfter(head, clock.instant());
        List<Draft> drafts = new ArrayList<>();
        List<Taken> taken = new ArrayList<>();
        List<Posted> posted = new ArrayList<>();
        List<StoredAnswer> written = new ArrayList<>(decided.size());
        for (Decided one : decided) {
            written.add(written(one, head.position(), at, drafts, taken, posted));
        }
        beside.forEach(event -> drafts.add(new Draft(caller, event)));
        List<Linked> linked = Appender.link(head, at, drafts);
        List<Write> writes = StockWriter.rows(caller.tenant(), ground.shelf());
        StockWriter.addUsage(caller.tenant(), "LEDGER", usageOf(ground.shelf(), decided), writes);
        StockWriter.addMovements(caller.tenant(), posted, at, writes);
        writes.addAll(Appender.writes(caller.tenant(), head, at, linked, taken));
        if (linked.isEmpty() && ground.holding() == Holding.TRUST) {
            writes.add(Appender.keepHead(caller.tenant(), head));
        }
        return new Appended(writes, new Done<>(answers(decided, written), head.position() + linked.size(), linked));
    }

    private static StoredAnswer written(
            Decided one, long head, Instant at, List<Draft> drafts, List<Taken> taken, List<Posted> posted) {
        MoveCommand command = one.command();
        if (one.outcomes().isEmpty()) {
            return NOTHING;
        }
        long[] positions = new long[one.outcomes().size()];
        List<MoveOutcome> outcomes = new ArrayList<>(one.outcomes());
        for (int i = 0; i < positions.length; i++) {
            outcomes.set(i, placed(outcomes.get(i), command.moves().get(i).once(), taken));
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
        StoredAnswer answer = command.writer().write(outcomes, positions, at);
        if (command.once() != null) {
            taken.add(new Taken(command.once(), answer));
        }
        return answer;
    }

    /** The duplicate of a line of this very transaction is answered as it will be later: with the position. */
    private static MoveOutcome placed(MoveOutcome outcome, @Nullable OnceKey line, List<Taken> taken) {
        boolean isTwin = outcome instanceof MoveOutcome.Duplicate(StoredAnswer first) && first.position() == 0;
        return !isTwin
                ? outcome
                : taken.stream()
                        .filter(it -> it.key().equals(line))
                        .findFirst()
                        .<MoveOutcome>map(it -> new MoveOutcome.Duplicate(it.answer()))
                        .orElse(outcome);
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
