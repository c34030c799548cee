package io.sluice.log;

import org.jspecify.annotations.Nullable;

/** Who did it. The id is an account's, a key's, a feed's or a job's; names and addresses never stand in events. */
public record Actor(Kind kind, String id, @Nullable String onBehalfOf) {

    public static final Actor SYSTEM = new Actor(Kind.SYSTEM, "system", null);

    public enum Kind {
        USER,
        KEY,
        FEED,
        JOB,
        SYSTEM
    }
}
