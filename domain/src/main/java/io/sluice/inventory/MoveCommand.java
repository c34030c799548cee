package io.sluice.inventory;

import io.sluice.log.Caller;
import io.sluice.log.OnceKey;
import io.sluice.log.StoredAnswer;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One command of movements: a single one, a batch, or a line of a stream.
 *
 * @param atomic all of them or none
 * @param once the key of the whole command
 * @param writer makes the answer that is kept under the key and given to the caller
 */
public record MoveCommand(
        Caller caller,
        List<Move> moves,
        boolean atomic,
        @Nullable OnceKey once,
        Writer writer) {

    public MoveCommand {
        moves = List.copyOf(moves);
    }

    /** Writes an answer inside the transaction. Pure. */
    @FunctionalInterface
    public interface Writer {

        /**
         * @param positions of the movements, by the index of their outcome; 0 where nothing was posted
         * @param recordedAt commit time
         */
        StoredAnswer write(List<MoveOutcome> outcomes, long[] positions, Instant recordedAt);
    }
}
