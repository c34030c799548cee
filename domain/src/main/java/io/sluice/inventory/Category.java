package io.sluice.inventory;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A node of the one tree of categories. {@code path} leads from the top (level 1) to this one. */
public record Category(
        UUID id,
        String code,
        String name,
        @Nullable String description,
        @Nullable UUID parentId,
        List<UUID> path,
        Thresholds thresholds,
        boolean active,
        long version,
        Instant createdAt,
        String createdBy,
        Instant updatedAt,
        String updatedBy) {

    public static final int DEEPEST = 10;

    public Category {
        path = List.copyOf(path);
    }

    public int depth() {
        return path.size();
    }
}
