package io.sluice.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EnvelopeTest {

    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");

    @Test
    void isReadAsItWasWritten() {
        var envelope = new Envelope(42, NOON, NOON.plusSeconds(300), new byte[] {1, 2, 3});

        assertThat(Envelope.of(envelope.toBytes())).usingRecursiveComparison().isEqualTo(envelope);
    }

    @Test
    void tellsAnEmptyValueFromNone() {
        assertThat(Envelope.of(new Envelope(1, NOON, NOON, new byte[0]).toBytes())
                        .value())
                .isEmpty();
        assertThat(Envelope.of(new Envelope(1, NOON, NOON, null).toBytes()).value())
                .isNull();
    }

    @Test
    void noticesAnyByteThatChanged() {
        byte[] bytes = new Envelope(42, NOON, NOON.plusSeconds(300), new byte[] {1, 2, 3}).toBytes();

        assertThat(IntStream.range(0, bytes.length)).allSatisfy(index -> assertCorrupt(flipped(bytes, index)));
    }

    @Test
    void refusesWhatIsTooShort() {
        assertCorrupt(new byte[0]);
        assertCorrupt(new byte[] {1});
    }

    private static byte[] flipped(byte[] bytes, int index) {
        byte[] copy = bytes.clone();
        copy[index] ^= 0x10;
        return copy;
    }

    private static void assertCorrupt(byte[] bytes) {
        assertThatExceptionOfType(Envelope.Corrupt.class).isThrownBy(() -> Envelope.of(bytes));
    }
}
