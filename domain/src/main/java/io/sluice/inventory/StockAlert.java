package io.sluice.inventory;

import io.sluice.shared.Ids;
import io.sluice.shared.Problem;
import io.sluice.shared.Quantity;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Stock fell to a threshold. At most one is unresolved for a row and level. */
public record StockAlert(
        UUID id,
        StockKey key,
        Level level,
        Status status,
        Quantity quantity,
        Quantity threshold,
        @Nullable UUID raisedFrom,
        Instant openedAt,
        Instant updatedAt,
        @Nullable String acknowledgedBy,
        @Nullable Instant acknowledgedAt,
        @Nullable String note,
        @Nullable Instant resolvedAt,
        @Nullable Resolution resolution,
        long version) {

    public enum Level {
        LOW,
        CRITICAL
    }

    public enum Status {
        OPEN,
        ACKNOWLEDGED,
        RESOLVED
    }

    public enum Resolution {
        AUTO,
        MANUAL
    }

    static StockAlert open(
            StockKey key, Level level, Quantity quantity, Quantity threshold, @Nullable UUID raisedFrom, Instant now) {
        return new StockAlert(
                Ids.next(),
                key,
                level,
                Status.OPEN,
                quantity,
                threshold,
                raisedFrom,
                now,
                now,
                null,
                null,
                null,
                null,
                null,
                1);
    }

    boolean says(Quantity present, Quantity limit) {
        return quantity.equals(present) && threshold.equals(limit);
    }

    StockAlert updated(Quantity present, Quantity limit, Instant now) {
        return new StockAlert(
                id,
                key,
                level,
                status,
                present,
                limit,
                raisedFrom,
                openedAt,
                now,
                acknowledgedBy,
                acknowledgedAt,
                note,
                null,
                null,
                version + 1);
    }

    StockAlert resolved(Quantity present, Resolution how, @Nullable String remark, Instant now) {
        return new StockAlert(
                id,
                key,
                level,
                Status.RESOLVED,
                present,
                threshold,
                raisedFrom,
                openedAt,
                now,
                acknowledgedBy,
                acknowledgedAt,
                remark == null ? note : remark,
                now,
                how,
                version + 1);
    }

    /** Acknowledging again changes nothing; after the resolution it is {@code alert-closed}. */
    public StockAlert acknowledge(String by, @Nullable String remark, Instant now) {
        return switch (status) {
            case OPEN ->
                new StockAlert(
                        id,
                        key,
                        level,
                        Status.ACKNOWLEDGED,
                        quantity,
                        threshold,
                        raisedFrom,
                        openedAt,
                        now,
                        by,
                        now,
                        remark,
                        null,
                        null,
                        version + 1);
            case ACKNOWLEDGED -> this;
            case RESOLVED -> throw closed();
        };
    }

    public StockAlert resolveByHand(@Nullable String remark, Instant now) {
        if (status == Status.RESOLVED) {
            throw closed();
        }
        return resolved(quantity, Resolution.MANUAL, remark, now);
    }

    private Problem closed() {
        return new Problem.Conflict("alert-closed", "the alert is resolved");
    }
}
