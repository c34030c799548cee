package io.sluice.inventory;

import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a movement has to know about its part. {@code categories} are its category and all above it. */
public record PartFacts(
        UUID id,
        String partNumber,
        Part.Type type,
        Part.Status status,
        String baseUnit,
        int decimals,
        @Nullable BigDecimal price,
        @Nullable BigDecimal standardCost,
        String currency,
        List<UUID> categories,
        Thresholds thresholds,
        Thresholds categoryThresholds) {

    public PartFacts {
        categories = List.copyOf(categories);
    }
}
