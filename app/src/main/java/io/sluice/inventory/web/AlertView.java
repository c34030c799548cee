package io.sluice.inventory.web;

import io.sluice.inventory.StockAlert;
import io.sluice.shared.Quantity;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An alert as it is shown. */
record AlertView(
        UUID id,
        String kind,
        StockAlert.Level level,
        StockAlert.Status status,
        UUID locationId,
        UUID partId,
        Quantity quantity,
        Quantity threshold,
        @Nullable UUID raisedFromId,
        Instant openedAt,
        Instant updatedAt,
        @Nullable String acknowledgedBy,
        @Nullable Instant acknowledgedAt,
        @Nullable String note,
        @Nullable Instant resolvedAt,
        StockAlert.@Nullable Resolution resolution,
        long version) {

    static AlertView of(StockAlert it) {
        return new AlertView(
                it.id(),
                "LOW_STOCK",
                it.level(),
                it.status(),
                it.key().location(),
                it.key().part(),
                it.quantity(),
                it.threshold(),
                it.raisedFrom(),
                it.openedAt(),
                it.updatedAt(),
                it.acknowledgedBy(),
                it.acknowledgedAt(),
                it.note(),
                it.resolvedAt(),
                it.resolution(),
                it.version());
    }
}
