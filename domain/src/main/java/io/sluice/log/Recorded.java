package io.sluice.log;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * An event at its position in the tenant's log. Topics are in their written form; {@code actor}, {@code cause} and
 * {@code payload} are JSON texts. {@code at} has microseconds and never falls from one position to the next.
 */
public record Recorded(
        long position,
        UUID id,
        String type,
        int version,
        List<String> topics,
        String subject,
        String actor,
        String cause,
        Instant at,
        String payload) {

    public Recorded {
        topics = List.copyOf(topics);
    }
}
