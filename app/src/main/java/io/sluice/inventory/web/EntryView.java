package io.sluice.inventory.web;

import io.sluice.inventory.Reference;
import io.sluice.inventory.StockReads.Entry;
import io.sluice.shared.Quantity;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An entry of the ledger as it is shown. */
record EntryView(
        UUID id,
        UUID locationId,
        UUID partId,
        String type,
        Quantity quantity,
        Quantity change,
        Quantity balanceAfter,
        @Nullable BigDecimal unitCost,
        @Nullable BigDecimal unitPrice,
        @Nullable String currency,
        @Nullable String reason,
        @Nullable String note,
        @Nullable Reference reference,
        @Nullable String customerId,
        Instant occurredAt,
        Instant recordedAt,
        String actor,
        long position,
        @Nullable UUID reversesId,
        @Nullable UUID reversedById,
        @Nullable Map<String, Object> metadata) {

    static EntryView of(Entry it, boolean costs) {
        return new EntryView(
                it.id(),
                it.locationId(),
                it.partId(),
                it.type(),
                it.quantity(),
                it.change(),
                it.balanceAfter(),
                costs ? it.unitCost() : null,
                it.unitPrice(),
                it.currency(),
                it.reason(),
                it.note(),
                it.reference(),
                it.customerId(),
                it.occurredAt(),
                it.recordedAt(),
                it.actor(),
                it.position(),
                it.reversesId(),
                it.reversedById(),
                it.metadata());
    }
}
