package io.sluice.log;

import org.jspecify.annotations.Nullable;

/**
 * Which events are asked for: after (exclusive) and before (exclusive) a position, carrying a topic, of a type (exact,
 * or a prefix when it ends in {@code .*}), about a subject.
 */
public record EventQuery(
        @Nullable Long after,
        @Nullable Long before,
        @Nullable String topic,
        @Nullable String type,
        @Nullable String subject,
        boolean newestFirst,
        int limit) {}
