package io.sluice.inventory.web;

import io.sluice.inventory.StockReads.Limit;
import io.sluice.inventory.StockReads.Row;
import io.sluice.inventory.StockReads.Status;
import io.sluice.shared.Quantity;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A stock row as it is shown. */
record StockRowView(
        UUID locationId,
        UUID partId,
        String partNumber,
        String description,
        @Nullable UUID categoryId,
        @Nullable BigDecimal price,
        String currency,
        Quantity quantity,
        Quantity held,
        Quantity reserved,
        Quantity available,
        @Nullable BigDecimal averageCost,
        Status status,
        Limit reorderThreshold,
        Limit criticalThreshold,
        Limit maxQuantity,
        boolean low,
        boolean critical,
        @Nullable Instant lastMovementAt,
        @Nullable Instant lastIssueAt,
        long version) {

    static StockRowView of(Row it, boolean costs) {
        return new StockRowView(
                it.locationId(),
                it.partId(),
                it.partNumber(),
                it.description(),
                it.categoryId(),
                it.price(),
                it.currency(),
                it.quantity(),
                it.held(),
                it.reserved(),
                it.available(),
                costs ? it.averageCost() : null,
                it.status(),
                it.reorderThreshold(),
                it.criticalThreshold(),
                it.maxQuantity(),
                it.low(),
                it.critical(),
                it.lastMovementAt(),
                it.lastIssueAt(),
                it.version());
    }
}
