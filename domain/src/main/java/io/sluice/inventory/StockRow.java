package io.sluice.inventory;

import io.sluice.shared.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How much of a part is at a location. {@code own} are the thresholds set on the row itself. A row that was never
 * moved nor configured has version 0 and is not stored.
 */
public record StockRow(
        StockKey key,
        Quantity quantity,
        Quantity held,
        Quantity reserved,
        @Nullable BigDecimal averageCost,
        boolean obsolete,
        Thresholds own,
        long movements,
        @Nullable Instant lastMovementAt,
        @Nullable Instant lastIssueAt,
        long version) {

    public StockRow {
        if (quantity.isNegative() || held.plus(reserved).compareTo(quantity) > 0) {
            throw new IllegalArgumentException(
                    "quantity " + quantity + ", held " + held + ", reserved " + reserved + " of " + key);
        }
    }

    public static StockRow empty(StockKey key) {
        return new StockRow(
                key, Quantity.ZERO, Quantity.ZERO, Quantity.ZERO, null, false, Thresholds.NONE, 0, null, null, 0);
    }

    public Quantity available() {
        return quantity.minus(held).minus(reserved);
    }

    /** The row after the movement. */
    StockRow moved(Move move, Instant now) {
        return new StockRow(
                key,
                quantity.plus(move.change()),
                held,
                reserved,
                averagedWith(move),
                obsolete,
                own,
                movements + 1,
                now,
                move.type() == MovementType.ISSUE ? now : lastIssueAt,
                version + 1);
    }

    /**
     * Weighted average of what is there and what comes in with a cost; four decimals, half even. A reversed receipt
     * takes its cost out again, as long as something stays.
     */
    private @Nullable BigDecimal averagedWith(Move move) {
        BigDecimal cost = move.unitCost();
        boolean movesCost = move.type() == MovementType.RECEIPT || move.type() == MovementType.OPENING;
        Quantity after = quantity.plus(move.change());
        if (cost == null || !movesCost || !after.isPositive()) {
            return averageCost;
        }
        BigDecimal before = averageCost == null ? cost : averageCost;
        BigDecimal total = before.multiply(quantity.toBigDecimal())
                .add(cost.multiply(move.change().toBigDecimal()));
        return total.divide(after.toBigDecimal(), 4, RoundingMode.HALF_EVEN).max(BigDecimal.ZERO);
    }

    StockRow with(Thresholds thresholds) {
        return new StockRow(
                key,
                quantity,
                held,
                reserved,
                averageCost,
                obsolete,
                thresholds,
                movements,
                lastMovementAt,
                lastIssueAt,
                version + 1);
    }
}
