package io.sluice.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FrameScanTest {

    private final FrameScan scan = new FrameScan();

    @Test
    void readsPositionAndTimesOfALoneEvent() {
        var frame = read("""
                {"frame":"event","position":12,"at":"2026-11-01T10:00:01.5Z","subject":"part: \\" } 1",
                 "payload":{"position":99,"at":"no time","frame":"beat","metadata":{"at_ns":"1700000000000000001"}}}""");

        assertThat(frame.kind).isEqualTo("event");
        assertThat(frame.events).isEqualTo(1);
        assertThat(frame.positions[0]).isEqualTo(12);
        assertThat(frame.sent[0]).isEqualTo(1_700_000_000_000_000_001L);
        assertThat(frame.at[0]).isEqualTo(Clocks.nanosOf(Instant.parse("2026-11-01T10:00:01.5Z")));
    }

    @Test
    void readsEachEventOfAPackedFrame() {
        var frame = read("""
                {"frame":"event","position":8,"events":[
                  {"position":7,"at":"2026-11-01T10:00:59.123456789Z","topics":["a"],"payload":{"metadata":{"at_ns":3}}},
                  {"position":8,"at":"2026-11-01T11:00:00+01:00","payload":{"rows":[{"position":1}]}}]}""");

        assertThat(frame.events).isEqualTo(2);
        assertThat(frame.positions).containsExactly(7, 8);
        assertThat(frame.sent).containsExactly(3, -1);
        assertThat(frame.at)
                .containsExactly(
                        Clocks.nanosOf(Instant.parse("2026-11-01T10:00:59.123456789Z")),
                        Clocks.nanosOf(Instant.parse("2026-11-01T10:00:00Z")));
    }

    @Test
    void takesNoOtherFrameForAnEvent() {
        var beat = read("{\"frame\":\"beat\",\"position\":12}");

        assertThat(beat.kind).isEqualTo("beat");
        assertThat(beat.events).isZero();
    }

    @Test
    void readsThePositionOfAnAnswerWithoutKind() {
        var answer = read("{\"id\":\"x\",\"position\": 41,\"newQuantity\":5}");

        assertThat(answer.events).isEqualTo(1);
        assertThat(answer.positions[0]).isEqualTo(41);
    }

    private FrameScan.Frame read(String json) {
        var bytes = json.getBytes(StandardCharsets.UTF_8);
        return scan.read(bytes, 0, bytes.length);
    }
}
