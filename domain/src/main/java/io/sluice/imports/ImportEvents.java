package io.sluice.imports;

import io.sluice.log.Event;
import io.sluice.log.EventType;
import io.sluice.log.Topic;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is told of imports: to those who watch the job, and to the requester. */
public final class ImportEvents {

    private static final String[] FIELDS = {
        "jobId",
        "kind",
        "resource",
        "state",
        "done",
        "total",
        "message",
        "counters",
        "result",
        "error",
        "durationMs",
        "dryRun"
    };
    public static final EventType PROGRESSED = EventType.stateCarrying("job.progressed", null, FIELDS);
    public static final EventType FAILED = EventType.of("job.failed", null, FIELDS);
    public static final EventType CANCELLED = EventType.of("job.cancelled", null, FIELDS);
    public static final EventType COMPLETED = EventType.of("import.completed", null, FIELDS);

    public static final List<EventType> ALL = List.of(PROGRESSED, FAILED, CANCELLED, COMPLETED);

    private ImportEvents() {}

    /** Done and total are bytes of the file. */
    public static Event progressed(Import it) {
        Map<String, Object> payload = payload(it);
        payload.put("done", it.checkpoint().bytes());
        payload.put("total", it.bytes());
        payload.put("message", it.checkpoint().counters().read() + " lines");
        return event(PROGRESSED, it, payload);
    }

    /** Tells how the import ended. */
    public static Event ended(Import it, Instant now) {
        Map<String, Object> payload = payload(it);
        if (it.result() != null) {
            payload.put("result", it.result());
        }
        if (it.error() != null) {
            payload.put("error", it.error());
        }
        var duration = it.duration(now);
        if (duration != null) {
            payload.put("durationMs", duration.toMillis());
        }
        EventType type =
                switch (it.state()) {
                    case CANCELLED -> CANCELLED;
                    case FAILED -> FAILED;
                    case SUCCEEDED -> COMPLETED;
                    case UPLOADING, QUEUED, RUNNING -> PROGRESSED;
                };
        return event(type, it, payload);
    }

    private static Map<String, Object> payload(Import it) {
        Map<String, Object> payload = new HashMap<>();
        payload.put("jobId", it.id());
        payload.put("kind", "import");
        payload.put("resource", it.resource().word());
        payload.put("state", it.state());
        payload.put("dryRun", it.options().dryRun());
        payload.put("counters", fields(it.checkpoint().counters()));
        return payload;
    }

    private static Map<String, Object> fields(Counters counters) {
        return Map.of(
                "read", counters.read(),
                "applied", counters.applied(),
                "duplicate", counters.duplicate(),
                "skipped", counters.skipped(),
                "failed", counters.failed());
    }

    private static Event event(EventType type, Import it, Map<String, Object> payload) {
        return Event.of(type, "job:" + it.id(), List.of(Topic.job(it.id()), Topic.user(it.requestedBy())), payload);
    }
}
