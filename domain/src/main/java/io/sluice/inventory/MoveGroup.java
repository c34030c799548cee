package io.sluice.inventory;

import io.sluice.log.OnceKey;
import io.sluice.log.StoredAnswer;
import io.sluice.shared.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Decides the commands that share a transaction, each with its own outcome, in order. Pure over the {@link Shelf}. */
public final class MoveGroup {

    /** A decided command: its outcomes, or the answer that its key had before, or the index of its twin in the group. */
    public record Decided(
            MoveCommand command,
            List<MoveOutcome> outcomes,
            @Nullable StoredAnswer replayed,
            @Nullable Integer twin,
            @Nullable Problem failure) {}

    private MoveGroup() {}

    public static List<Decided> decide(List<MoveCommand> commands, Shelf shelf) {
        List<Decided> decided = new ArrayList<>(commands.size());
        Map<String, Integer> first = new HashMap<>();
        for (int i = 0; i < commands.size(); i++) {
            MoveCommand command = commands.get(i);
            OnceKey once = command.once();
            Integer twin = once == null ? null : first.get(once.name());
            Decided one = twin == null ? decide(command, shelf) : repeat(command, commands.get(twin), twin);
            decided.add(one);
            if (once != null && !one.outcomes().isEmpty()) {
                first.put(once.name(), i);
            }
        }
        return decided;
    }

    private static Decided repeat(MoveCommand command, MoveCommand earlier, int index) {
        return Objects.equals(command.once(), earlier.once())
                ? new Decided(command, List.of(), null, index, null)
                : new Decided(command, List.of(), null, null, mismatch());
    }

    private static Problem mismatch() {
        return new Problem.Contradiction(
                "idempotency-mismatch", "Idempotency-Key", "this key was used before with another body");
    }

    private static Decided decide(MoveCommand command, Shelf shelf) {
        try {
            StoredAnswer first = command.once() == null ? null : shelf.answerOf(command.once());
            return first != null
                    ? new Decided(command, List.of(), first, null, null)
                    : new Decided(command, outcomes(command, shelf), null, null, null);
        } catch (Problem.Contradiction mismatch) {
            return new Decided(command, List.of(), null, null, mismatch);
        }
    }

    private static List<MoveOutcome> outcomes(MoveCommand command, Shelf shelf) {
        Shelf.Mark mark = command.atomic() ? shelf.mark() : null;
        List<MoveOutcome> outcomes = new ArrayList<>(command.moves().size());
        boolean refused = false;
        for (Move move : command.moves()) {
            MoveOutcome outcome = shelf.decide(move);
            refused |= outcome instanceof MoveOutcome.Rejected;
            outcomes.add(outcome);
            if (outcome instanceof MoveOutcome.Applied applied && move.once() != null) {
                shelf.take(move.once(), toTwin(applied.movement()));
            }
        }
        if (mark == null || !refused) {
            return outcomes;
        }
        shelf.backTo(mark);
        List<MoveOutcome> undone = new ArrayList<>(outcomes.size());
        for (int i = 0; i < outcomes.size(); i++) {
            undone.add(undone(outcomes.get(i), command.moves().get(i), shelf));
        }
        return undone;
    }

    /** What a line under the same key is answered in the same group, before there are positions. */
    private static StoredAnswer toTwin(Movement first) {
        String body = "{\"id\":\"" + first.id() + "\",\"newQuantity\":" + first.balanceAfter() + "}";
        return new StoredAnswer(200, body, null, null, 0, true);
    }

    /** With a line its duplicates are undone: the shelf does not know its key any more. */
    private static MoveOutcome undone(MoveOutcome outcome, Move move, Shelf shelf) {
        return switch (outcome) {
            case MoveOutcome.Applied _ -> notApplied();
            case MoveOutcome.Duplicate duplicate ->
                move.once() != null && shelf.answerOf(move.once()) != null ? duplicate : notApplied();
            case MoveOutcome.Rejected rejected -> rejected;
        };
    }

    private static MoveOutcome notApplied() {
        return new MoveOutcome.Rejected(
                new Problem.Conflict("not-applied", "another line of the atomic batch was refused"));
    }
}
