package io.sluice.inventory;

import io.sluice.shared.Problem;
import io.sluice.shared.Quantity;
import org.jspecify.annotations.Nullable;

/** When stock is low and critical, and how much of it there should be at most: as set on a row, a part or a category. */
public record Thresholds(
        @Nullable Quantity reorder,
        @Nullable Quantity critical,
        @Nullable Quantity maximum) {

    public static final Thresholds NONE = new Thresholds(null, null, null);

    /** This where it says something, else the other. */
    public Thresholds or(Thresholds other) {
        return new Thresholds(
                reorder == null ? other.reorder : reorder,
                critical == null ? other.critical : critical,
                maximum == null ? other.maximum : maximum);
    }

    /** critical ≤ reorder ≤ maximum, where set; else {@code threshold-order}. */
    public Thresholds checked() {
        if (isOver(critical, reorder) || isOver(critical, maximum)) {
            throw new Problem.Contradiction(
                    "threshold-order", "criticalThreshold", "must be at most reorderThreshold and maxQuantity");
        }
        if (isOver(reorder, maximum)) {
            throw new Problem.Contradiction("threshold-order", "reorderThreshold", "must be at most maxQuantity");
        }
        return this;
    }

    private static boolean isOver(@Nullable Quantity lower, @Nullable Quantity upper) {
        return lower != null && upper != null && lower.compareTo(upper) > 0;
    }

    public @Nullable Quantity of(StockAlert.Level level) {
        return switch (level) {
            case LOW -> reorder;
            case CRITICAL -> critical;
        };
    }

    public boolean isLow(Quantity quantity) {
        return reorder != null && quantity.isAtMost(reorder);
    }

    public boolean isCritical(Quantity quantity) {
        return critical != null && quantity.isAtMost(critical);
    }
}
