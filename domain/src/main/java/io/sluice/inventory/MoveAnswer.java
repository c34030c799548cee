package io.sluice.inventory;

import io.sluice.log.StoredAnswer;
import java.util.List;

/** What a command of movements came to; a repeated one has its first answer and no outcomes. */
public record MoveAnswer(List<MoveOutcome> outcomes, StoredAnswer answer) {

    public MoveAnswer {
        outcomes = List.copyOf(outcomes);
    }
}
