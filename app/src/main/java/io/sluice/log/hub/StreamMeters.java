package io.sluice.log.hub;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;

/** What streams count. */
final class StreamMeters {

    private final Map<FrameKind, Counter> frames = new EnumMap<>(FrameKind.class);
    private final Counter bytes;
    private final Counter skipped;
    private final Counter resyncs;
    private final Timer delivery;
    private final MeterRegistry meters;

    StreamMeters(MeterRegistry meters) {
        this.meters = meters;
        for (FrameKind kind : FrameKind.values()) {
            frames.put(
                    kind,
                    Counter.builder("sluice_stream_messages_total")
                            .tag("direction", "out")
                            .tag("frame", kind.word())
                            .register(meters));
        }
        this.bytes = Counter.builder("sluice_stream_bytes_total")
                .tag("direction", "out")
                .register(meters);
        this.skipped = Counter.builder("sluice_stream_skipped_total").register(meters);
        this.resyncs = Counter.builder("sluice_stream_resync_total").register(meters);
        this.delivery = Timer.builder("sluice_stream_delivery_seconds")
                .publishPercentileHistogram()
                .register(meters);
    }

    void sent(FrameKind kind, int size) {
        Counter counter = frames.get(kind);
        if (counter != null) {
            counter.increment();
        }
        bytes.increment(size);
    }

    void skipped(int events) {
        skipped.increment(events);
    }

    void resynced() {
        resyncs.increment();
    }

    void refused(String reason) {
        Counter.builder("sluice_stream_refused_total")
                .tag("reason", reason)
                .register(meters)
                .increment();
    }

    Timer delivery() {
        return delivery;
    }
}
