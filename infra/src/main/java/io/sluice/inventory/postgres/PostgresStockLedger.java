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
import io.sluice.inventory.StockLedger;
import io.sluice.log.Caller;
import io.sluice.log.Event;
import io.sluice.log.OnceKey;
import io.sluice.log.StoredAnswer;
import io.sluice.log.hot.HotCommands;
import io.sluice.log.postgres.Appender;
import io.sluice.log.postgres.Appender.Draft;
import io.sluice.log.postgres.Appender.LockedHead;
import io.sluice.log.postgres.Appender.Taken;
import io.sluice.log.postgres.PostgresLedger;
import io.sluice.log.postgres.PostgresLedger.Done;
import io.sluice.postgres.PoolName;
import io.sluice.postgres.Session;
import io.sluice.shared.TenantId;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * Posts groups of movements with five round trips, however many they are: begin; rows, facts and keys; new state and
 * the tenant's head; movements, events and keys; commit.
 */
final class PostgresStockLedger implements StockLedger {

    private final PostgresLedger ledger;
    private final HotCommands<MoveCommand, MoveAnswer> hot;
    private final Clock clock;

    PostgresStockLedger(PostgresLedger ledger, HotCommandsFactory factory, Clock clock) {
        this.ledger = ledger;
        this.clock = clock;
        this.hot = factory.make(this::transaction);
    }

    /** Makes the queue in front of the transactions. */
    @FunctionalInterface
    interface HotCommandsFactory {
        HotCommands<MoveCommand, MoveAnswer> make(
                java.util.function.BiFunction<TenantId, List<MoveCommand>, Mono<List<MoveAnswer>>> transaction);
    }

    HotCommands<MoveCommand, MoveAnswer> queue() {
        return hot;
    }

    @Override
    public Mono<MoveAnswer> post(MoveCommand command) {
        return hot.submit(command.caller().tenant(), command);
    }

    private Mono<List<MoveAnswer>> transaction(TenantId tenant, List<MoveCommand> commands) {
        return ledger.transaction(PoolName.COMMANDS, session -> Shelves.load(
                                session, rowsOf(commands), keysOf(commands), clock.instant())
                        .flatMap(shelf -> store(session, shelf, MoveGroup.decide(commands, shelf))))
                .map(Done::answer)
                .contextWrite(Context.of(Caller.class, Caller.system(tenant, "stock")));
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

    private Mono<Done<List<MoveAnswer>>> store(Session session, Shelf shelf, List<Decided> decided) {
        boolean changesNothing = decided.stream().allMatch(PostgresStockLedger::changesNothing);
        return changesNothing
                ? Mono.just(new Done<>(answers(decided, List.of()), 0, List.of()))
                : StockWriter.writeState(session, shelf, usageOf(shelf, decided))
                        .flatMap(head -> append(session, decided, head));
    }

    private static boolean changesNothing(Decided decided) {
        return decided.command().once() == null
                && decided.outcomes().stream().noneMatch(MoveOutcome.Applied.class::isInstance);
    }

    private static List<StockWriter.Usage> usageOf(Shelf shelf, List<Decided> decided) {
        List<StockWriter.Usage> usage = new ArrayList<>();
        for (Decided one : decided) {
            for (MoveOutcome outcome : one.outcomes()) {
                if (outcome instanceof MoveOutcome.Applied(Movement movement, var row, _, _)) {
                    LocationFacts location = shelf.location(row.key().location());
                    if (location != null) {
                        usage.add(StockWriter.Usage.of(movement, location));
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

    private Mono<Done<List<MoveAnswer>>> append(Session session, List<Decided> decided, LockedHead head) {
        Instant at = Appender.timeAfter(head, clock.instant());
        List<Draft> drafts = new ArrayList<>();
        List<Taken> taken = new ArrayList<>();
        List<Posted> posted = new ArrayList<>();
        List<StoredAnswer> written = new ArrayList<>(decided.size());
        for (Decided one : decided) {
            written.add(written(one, head.position(), at, drafts, taken, posted));
        }
        var linked = Appender.link(head, at, drafts);
        long last = head.position() + linked.size();
        return Mono.when(
                        StockWriter.writeMovements(session, posted, at),
                        Appender.write(session, head, at, linked, taken))
                .thenReturn(new Done<>(answers(decided, written), last, linked));
    }

    private static StoredAnswer written(
            Decided one, long head, Instant at, List<Draft> drafts, List<Taken> taken, List<Posted> posted) {
        MoveCommand command = one.command();
        if (one.outcomes().isEmpty()) {
            return NOTHING;
        }
        long[] positions = new long[one.outcomes().size()];
        for (int i = 0; i < positions.length; i++) {
            if (one.outcomes().get(i) instanceof MoveOutcome.Applied(Movement movement, _, _, List<Event> events)) {
                positions[i] = head + drafts.size() + 1;
                events.forEach(event -> drafts.add(new Draft(command.caller(), event)));
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
        String body = "{\"id\":\"" + id + "\",\"newQuantity\":" + movement.balanceAfter() + ",\"position\":" + position + "}";
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
                : one.command().writer().write(one.outcomes(), new long[one.outcomes().size()], Instant.EPOCH);
        return new MoveAnswer(one.outcomes(), answer);
    }
}
