package io.sluice.log.postgres;

import io.sluice.log.Recorded;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A page of events as one value: for whole pages a row for each, with ten columns, costs the driver more than all that is
 * done with them. Fields and events are kept apart by U+001F and U+001E, which JSON escapes and no other field has.
 */
final class PackedEvents {

    static final String SELECT = """
            SELECT coalesce(string_agg(
                       concat_ws(chr(31), position, id, type, version, array_to_string(topics, ' '),
                                 translate(subject, chr(30) || chr(31), ''), actor, cause,
                                 (extract(epoch FROM at) * 1000000)::bigint, payload),
                       chr(30) ORDER BY position), '') AS events
            FROM event WHERE tenant_id = $1 AND position > $2 AND position <= $3
            """;

    private static final char FIELD = 0x1f;
    private static final char EVENT = 0x1e;

    private final String text;
    private int at;

    private PackedEvents(String text) {
        this.text = text;
    }

    static List<Recorded> unpacked(String text) {
        List<Recorded> events = new ArrayList<>();
        var packed = new PackedEvents(text);
        while (packed.at < text.length()) {
            events.add(packed.event());
        }
        return events;
    }

    private Recorded event() {
        return new Recorded(
                Long.parseLong(next(FIELD)),
                UUID.fromString(next(FIELD)),
                next(FIELD),
                Integer.parseInt(next(FIELD)),
                topics(next(FIELD)),
                next(FIELD),
                next(FIELD),
                next(FIELD),
                Instant.EPOCH.plus(Long.parseLong(next(FIELD)), ChronoUnit.MICROS),
                next(EVENT));
    }

    private static List<String> topics(String words) {
        return words.isEmpty() ? List.of() : List.of(words.split(" "));
    }

    private String next(char end) {
        int found = text.indexOf(end, at);
        int until = found < 0 ? text.length() : found;
        String field = text.substring(at, until);
        at = until + 1;
        return field;
    }
}
