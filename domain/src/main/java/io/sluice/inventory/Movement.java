package io.sluice.inventory;

import io.sluice.shared.Quantity;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One immutable entry of the ledger. Position and commit time are given when it is written. */
public record Movement(
        UUID id,
        Move move,
        Quantity change,
        Quantity balanceAfter,
        @Nullable BigDecimal unitPrice,
        String currency,
        Instant occurredAt) {}
