package io.sluice.log.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.Recorded;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PackedEventsTest {

    private static final UUID ID = UUID.fromString("01a21a21-27d9-7000-968b-49889d80e2b1");

    @Test
    void areTakenApartFieldByField() {
        String packed = String.join("\u001e", packed(7, "stock part:1", "{\"a\": \"b c\"}"), packed(8, "", "{}"));

        assertThat(PackedEvents.unpacked(packed))
                .containsExactly(
                        recorded(7, List.of("stock", "part:1"), "{\"a\": \"b c\"}"), recorded(8, List.of(), "{}"));
    }

    @Test
    void ofNoEventsAreNone() {
        assertThat(PackedEvents.unpacked("")).isEmpty();
    }

    private static String packed(long position, String topics, String payload) {
        return String.join(
                "\u001f",
                Long.toString(position),
                ID.toString(),
                "stock.changed",
                "1",
                topics,
                "stock:1/2",
                "{\"kind\": \"user\"}",
                "{}",
                "1795743572123456",
                payload);
    }

    private static Recorded recorded(long position, List<String> topics, String payload) {
        return new Recorded(
                position,
                ID,
                "stock.changed",
                1,
                topics,
                "stock:1/2",
                "{\"kind\": \"user\"}",
                "{}",
                Instant.parse("2026-11-27T01:39:32.123456Z"),
                payload);
    }
}
