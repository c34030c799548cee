package io.sluice.inventory;

import io.sluice.log.OnceKey;
import io.sluice.shared.Quantity;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A wished movement. {@code quantity} is positive, but for an ADJUSTMENT, where it is signed.
 *
 * @param unit the unit of the quantity; null: the part's base unit
 * @param once the line's own key, if it has one
 * @param valueLimit highest value of a correction that the caller may post; null: any
 * @param reversed the movement that this one undoes, whose change it carries with the opposite sign
 */
public record Move(
        UUID location,
        UUID part,
        MovementType type,
        Quantity quantity,
        @Nullable String unit,
        @Nullable BigDecimal unitCost,
        @Nullable BigDecimal unitPrice,
        @Nullable String currency,
        @Nullable String reason,
        @Nullable String note,
        @Nullable Reference reference,
        @Nullable String customer,
        @Nullable Instant occurredAt,
        @Nullable Map<String, ?> metadata,
        @Nullable OnceKey once,
        @Nullable BigDecimal valueLimit,
        @Nullable UUID reversed) {

    public Move {
        if (quantity.isZero()) {
            throw new IllegalArgumentException("a movement of nothing");
        }
        if (quantity.isNegative() && type != MovementType.ADJUSTMENT && reversed == null) {
            throw new IllegalArgumentException(type + " of " + quantity);
        }
    }

    public static Move of(UUID location, UUID part, MovementType type, Quantity quantity) {
        return new Move(
                location,
                part,
                type,
                quantity,
                null,
                null,
                null,
                null,
                type.needsReason() ? "UNSPECIFIED" : null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    public StockKey key() {
        return new StockKey(location, part);
    }

    /** What happens to the row: signed. */
    public Quantity change() {
        return type.isDecrease() ? quantity.negated() : quantity;
    }
}
