package io.sluice.inventory;

import io.sluice.log.Event;
import io.sluice.log.StoredAnswer;
import io.sluice.shared.Problem;
import java.util.List;

/** What became of a wished movement. */
public sealed interface MoveOutcome {

    /** Posted; {@code events} begin with the {@code stock.changed} whose position is the movement's. */
    record Applied(Movement movement, StockRow row, PartFacts part, List<Event> events) implements MoveOutcome {
        public Applied {
            events = List.copyOf(events);
        }
    }

    /** Its key was used before; the answer is the first one. */
    record Duplicate(StoredAnswer first) implements MoveOutcome {}

    /** Refused by the present state or by what it names; nothing changed. */
    record Rejected(Problem problem) implements MoveOutcome {}
}
