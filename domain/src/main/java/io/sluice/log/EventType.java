package io.sluice.log;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a kind of event promises: its name (lower-case, dotted, past tense), the version of its payload, the permission
 * that reading it needs (none: whoever may read one of its topics), whether its payload holds the subject's whole
 * newest value, and the only fields that its payload may have.
 */
public record EventType(String name, int version, @Nullable Right readBy, boolean stateCarrying, Set<String> fields) {

    public EventType {
        fields = Set.copyOf(fields);
    }

    public static EventType of(String name, @Nullable Right readBy, String... fields) {
        return new EventType(name, 1, readBy, false, Set.of(fields));
    }

    public static EventType stateCarrying(String name, @Nullable Right readBy, String... fields) {
        return new EventType(name, 1, readBy, true, Set.of(fields));
    }
}
