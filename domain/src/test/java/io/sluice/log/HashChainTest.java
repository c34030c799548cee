package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HashChainTest {

    private static final Recorded FIRST = event(1, "{\"a\":1}");

    @Test
    void hashesWhatWasBeforeAndAllOtherFieldsInOneForm() throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(new byte[32]);
        digest.update(("{\"actor\":{\"id\":\"u\",\"kind\":\"USER\"},\"at\":\"2026-01-02T03:04:05.000006Z\","
                        + "\"cause\":{\"requestId\":\"r\"},\"id\":\"01900000-0000-7000-8000-000000000001\","
                        + "\"payload\":{\"a\":1},\"position\":1,\"subject\":\"part:\\\"1\\\"\","
                        + "\"topics\":[\"stock\",\"tenant\"],\"type\":\"part.created\",\"version\":1}")
                .getBytes(StandardCharsets.UTF_8));

        assertThat(HashChain.hex(HashChain.next(HashChain.origin(), FIRST)))
                .isEqualTo(HexFormat.of().formatHex(digest.digest()));
    }

    @Test
    void dependsOnThePreviousHash() {
        byte[] one = HashChain.next(HashChain.origin(), FIRST);

        assertThat(HashChain.next(one, FIRST)).isNotEqualTo(one);
    }

    @Test
    void dependsOnPositionAndContent() {
        byte[] one = HashChain.next(HashChain.origin(), FIRST);

        assertThat(HashChain.next(HashChain.origin(), event(2, "{\"a\":1}"))).isNotEqualTo(one);
        assertThat(HashChain.next(HashChain.origin(), event(1, "{\"a\":2}"))).isNotEqualTo(one);
    }

    private static Recorded event(long position, String payload) {
        return new Recorded(
                position,
                UUID.fromString("01900000-0000-7000-8000-000000000001"),
                "part.created",
                1,
                List.of("stock", "tenant"),
                "part:\"1\"",
                "{\"id\":\"u\",\"kind\":\"USER\"}",
                "{\"requestId\":\"r\"}",
                Instant.parse("2026-01-02T03:04:05.000006Z"),
                payload);
    }
}
