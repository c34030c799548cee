package io.sluice.log.hub;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a reader asks for when a stream opens.
 *
 * @param topics at most 200
 * @param after position to resume after; absent: from now
 * @param snapshot state first, then the events after it
 * @param types exact, or a prefix such as {@code stock.*}
 * @param conflate only the newest state-carrying event of each subject while the reader lags
 * @param batch events packed in one frame
 * @param follow the user's follows too
 * @param implicit the user's own topic, roles and tenant too
 * @param echo false: without what this connection caused
 */
public record StreamWish(
        @Nullable @Size(max = 200) List<String> topics,
        @Nullable @Min(0) Long after,
        @Nullable Boolean snapshot,
        @Nullable @Size(max = 200) List<String> types,
        @Nullable Boolean conflate,
        @Nullable @Min(1) @Max(100) Integer batch,
        @Nullable Boolean follow,
        @Nullable Boolean implicit,
        @Nullable Boolean echo,
        @Nullable String viewing) {

    public static StreamWish ofTopics(List<String> topics) {
        return new StreamWish(topics, null, null, null, null, null, null, null, null, null);
    }

    public StreamWish resumedAfter(long position) {
        return new StreamWish(topics, position, snapshot, types, conflate, batch, follow, implicit, echo, viewing);
    }

    boolean isConflating() {
        return Boolean.TRUE.equals(conflate);
    }

    boolean wantsSnapshot() {
        return Boolean.TRUE.equals(snapshot);
    }

    boolean wantsImplicit() {
        return !Boolean.FALSE.equals(implicit);
    }

    boolean wantsEcho() {
        return !Boolean.FALSE.equals(echo);
    }

    int packing() {
        return batch == null ? 1 : batch;
    }
}
