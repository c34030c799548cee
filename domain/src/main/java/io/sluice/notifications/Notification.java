package io.sluice.notifications;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One person told of one event. */
public record Notification(
        UUID id,
        UUID account,
        String type,
        Severity severity,
        String title,
        String message,
        Map<String, ?> data,
        String subject,
        long eventPosition,
        Instant createdAt,
        @Nullable Instant readAt) {

    public enum Severity {
        INFO,
        WARNING,
        ERROR,
        CRITICAL
    }
}
