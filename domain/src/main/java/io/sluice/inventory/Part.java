package io.sluice.inventory;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An article with a part number. */
public record Part(
        UUID id,
        String partNumber,
        String description,
        @Nullable String notes,
        @Nullable UUID categoryId,
        Type type,
        Status status,
        String baseUnit,
        int decimals,
        @Nullable BigDecimal price,
        String currency,
        @Nullable BigDecimal standardCost,
        Thresholds thresholds,
        List<String> tags,
        Map<String, ?> attributes,
        long version,
        Instant createdAt,
        String createdBy,
        Instant updatedAt,
        String updatedBy) {

    /** A SERVICE part has no stock. */
    public enum Type {
        STOCKED,
        CONSUMABLE,
        KIT,
        SERVICE
    }

    /** PHASE_OUT is not reordered, OBSOLETE not orderable; both may be issued. */
    public enum Status {
        DRAFT,
        ACTIVE,
        PHASE_OUT,
        OBSOLETE;

        public boolean mayBecome(Status next) {
            return switch (this) {
                case DRAFT -> next == ACTIVE;
                case ACTIVE -> next == PHASE_OUT;
                case PHASE_OUT -> next == ACTIVE || next == OBSOLETE;
                case OBSOLETE -> next == ACTIVE;
            };
        }

        public List<Status> next() {
            return List.of(values()).stream().filter(this::mayBecome).toList();
        }
    }

    public Part {
        tags = List.copyOf(tags);
    }
}
