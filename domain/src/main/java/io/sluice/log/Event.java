package io.sluice.log;

import io.sluice.shared.Ids;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A fact that a decision brings about, before it has a position. The payload is plain JSON values (see
 * {@link CanonicalJson}) under declared names only.
 */
public record Event(UUID id, EventType type, String subject, List<Topic> topics, Map<String, ?> payload) {

    public Event {
        topics = List.copyOf(topics);
        for (String field : payload.keySet()) {
            if (!type.fields().contains(field)) {
                throw new IllegalArgumentException(type.name() + " does not declare the field " + field);
            }
        }
    }

    public static Event of(EventType type, String subject, List<Topic> topics, Map<String, ?> payload) {
        return new Event(Ids.next(), type, subject, topics, payload);
    }
}
