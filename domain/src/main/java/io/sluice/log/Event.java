package io.sluice.log;

import io.sluice.shared.Ids;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A fact that a decision brings about, before it has a position. The payload is plain JSON values (see
 * {@link CanonicalJson}) under declared names only.
 *
 * @param vouched digests of what is stored beside the event and may not be read in it, by name: they are hashed with
 *     it, and stand in its cause, which no reader of the event gets
 */
public record Event(
        UUID id,
        EventType type,
        String subject,
        List<Topic> topics,
        Map<String, ?> payload,
        SortedMap<String, String> vouched) {

    public Event {
        topics = List.copyOf(topics);
        for (String field : payload.keySet()) {
            if (!type.fields().contains(field)) {
                throw new IllegalArgumentException(type.name() + " does not declare the field " + field);
            }
        }
    }

    public static Event of(EventType type, String subject, List<Topic> topics, Map<String, ?> payload) {
        return new Event(Ids.next(), type, subject, topics, payload, new TreeMap<>());
    }

    public Event vouchingFor(SortedMap<String, String> digests) {
        return new Event(id, type, subject, topics, payload, digests);
    }
}
