package io.sluice.log.hub;

import io.sluice.log.CanonicalJson;
import io.sluice.log.Snapshots;
import io.sluice.log.Topic;
import io.sluice.shared.Problem;
import io.sluice.web.Problems;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedCollection;
import org.jspecify.annotations.Nullable;

/** The frames beside events, as JSON. */
final class Frames {

    /** A topic that is not granted, and why. */
    record Refusal(String topic, String code) {}

    /** What was wrong with a message. */
    record Complaint(String code, String detail, long retryAfterMillis) {

        Complaint(String code, String detail) {
            this(code, detail, 0);
        }

        static Complaint of(Problem problem) {
            return new Complaint(
                    problem.code(),
                    problem.detail(),
                    Problems.retryAfter(problem).toMillis());
        }

        Map<String, Object> toMap() {
            return retryAfterMillis > 0
                    ? Map.of("code", code, "detail", detail, "retryAfterMs", retryAfterMillis)
                    : Map.of("code", code, "detail", detail);
        }
    }

    private Frames() {}

    static byte[] ready(
            long position,
            String connectionId,
            io.sluice.access.Principal reader,
            List<String> granted,
            List<Refusal> refused,
            List<Complaint> errors,
            @Nullable String ref) {
        Map<String, Object> frame = begin("ready", position);
        frame.put("connectionId", connectionId);
        frame.put("user", reader.account().toString());
        frame.put("tenant", reader.tenant().toString());
        frame.put("serverTime", Instant.now());
        frame.put("expiresAt", reader.expiresAt());
        frame.put("granted", granted);
        frame.put(
                "refused",
                refused.stream()
                        .map(it -> Map.of("topic", it.topic(), "code", it.code()))
                        .toList());
        frame.put("errors", errors.stream().map(Complaint::toMap).toList());
        return end(frame, ref);
    }

    static byte[] beat(long position, Instant expiresAt, @Nullable String echo, @Nullable String ref) {
        Map<String, Object> frame = begin("beat", position);
        frame.put("at", Instant.now());
        frame.put("expiresAt", expiresAt);
        if (echo != null) {
            frame.put("echo", echo);
        }
        return end(frame, ref);
    }

    static byte[] bye(String reason, long position, long retryAfterMillis) {
        Map<String, Object> frame = begin("bye", position);
        frame.put("reason", reason);
        frame.put("retryAfterMs", retryAfterMillis);
        return end(frame, null);
    }

    static byte[] resync(long oldest, long position) {
        Map<String, Object> frame = begin("resync", position);
        frame.put("reason", "too-old");
        frame.put("oldest", oldest);
        return end(frame, null);
    }

    static byte[] snapshot(Snapshots.Part part) {
        Topic topic = part.topic();
        StringBuilder out = new StringBuilder(
                128 + part.items().stream().mapToInt(String::length).sum());
        out.append("{\"frame\":\"snapshot\",\"topic\":\"").append(topic);
        out.append("\",\"position\":").append(part.position());
        out.append(",\"items\":[").append(String.join(",", part.items()));
        out.append("],\"last\":").append(part.last()).append('}');
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Events in one frame; each keeps its own bytes. */
    static byte[] batch(SequencedCollection<byte[]> events, long position) {
        byte[] prefix =
                ("{\"frame\":\"event\",\"position\":" + position + ",\"events\":[").getBytes(StandardCharsets.UTF_8);
        int size = prefix.length
                + 1
                + events.size()
                + events.stream().mapToInt(it -> it.length).sum();
        byte[] frame = new byte[size];
        System.arraycopy(prefix, 0, frame, 0, prefix.length);
        int at = prefix.length;
        for (byte[] event : events) {
            if (at > prefix.length) {
                frame[at++] = ',';
            }
            System.arraycopy(event, 0, frame, at, event.length);
            at += event.length;
        }
        frame[at] = ']';
        frame[at + 1] = '}';
        return frame;
    }

    /** The event frame with the number of older ones that it stands for. */
    static byte[] skipping(byte[] event, int skipped) {
        byte[] tail = (",\"skipped\":" + skipped + "}").getBytes(StandardCharsets.UTF_8);
        byte[] frame = new byte[event.length - 1 + tail.length];
        System.arraycopy(event, 0, frame, 0, event.length - 1);
        System.arraycopy(tail, 0, frame, event.length - 1, tail.length);
        return frame;
    }

    private static Map<String, Object> begin(String kind, long position) {
        Map<String, Object> frame = new LinkedHashMap<>();
        frame.put("frame", kind);
        frame.put("position", position);
        return frame;
    }

    private static byte[] end(Map<String, Object> frame, @Nullable String ref) {
        if (ref != null) {
            frame.put("ref", ref);
        }
        return CanonicalJson.write(frame).getBytes(StandardCharsets.UTF_8);
    }
}
