package io.sluice.load;

import java.util.TreeMap;

/** What the subscribers of one event loop have seen since the last reset. Owned by the loop. */
final class Tally {

    final Latencies fromSend = new Latencies();
    final Latencies fromEvent = new Latencies();
    final TreeMap<String, Long> frames = new TreeMap<>();
    long payloads;
    long received;
    long measured;
    long repeats;
    long disorders;
    long ended;
    long lastReceived;

    /** Events sent, or without such a time received, from then on are measured. */
    private final long measureFrom;

    Tally(long measureFrom) {
        this.measureFrom = measureFrom;
    }

    void event(long sent, long at, long now) {
        received++;
        lastReceived = now;
        if ((sent < 0 ? now : sent) >= measureFrom) {
            measured++;
            fromSend(sent, now);
            fromEvent(at, now);
        }
    }

    private void fromSend(long sent, long now) {
        if (sent >= 0) {
            fromSend.record(now - sent);
        }
    }

    private void fromEvent(long at, long now) {
        if (at >= 0) {
            fromEvent.record(now - at);
        }
    }

    void frame(String kind) {
        frames.merge(kind.isEmpty() ? "other" : kind, 1L, Long::sum);
    }

    void add(Tally other) {
        fromSend.add(other.fromSend);
        fromEvent.add(other.fromEvent);
        other.frames.forEach((kind, count) -> frames.merge(kind, count, Long::sum));
        payloads += other.payloads;
        received += other.received;
        measured += other.measured;
        repeats += other.repeats;
        disorders += other.disorders;
        ended += other.ended;
        lastReceived = Math.max(lastReceived, other.lastReceived);
    }

    boolean isClean() {
        return repeats == 0 && disorders == 0;
    }
}
