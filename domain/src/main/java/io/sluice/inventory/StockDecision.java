package io.sluice.inventory;

import io.sluice.shared.Ids;
import io.sluice.shared.Problem;
import io.sluice.shared.Quantity;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether a movement may be posted on a row. Pure. */
final class StockDecision {

    /** What {@code numeric(19,4)} can hold. */
    private static final BigDecimal LARGEST_AMOUNT = BigDecimal.TEN.pow(15);

    private StockDecision() {}

    /** Passes, or throws the refusal. */
    static void check(Move move, StockRow row, PartFacts part) {
        requireStocked(part);
        if (move.unit() != null && !move.unit().equals(part.baseUnit())) {
            throw new Problem.Contradiction(
                    "unit-not-convertible", "unit", move.unit() + " does not convert to " + part.baseUnit());
        }
        if (!move.quantity().fits(part.decimals())) {
            throw new Problem.Contradiction(
                    "quantity-precision", "quantity", "the part takes " + part.decimals() + " decimals");
        }
        if (move.type().needsReason() && move.reason() == null && move.reversed() == null) {
            throw new Problem.Contradiction("reason-required", "reason", move.type() + " needs a reason");
        }
        if (move.type() == MovementType.OPENING && row.movements() > 0 && move.reversed() == null) {
            throw new Problem.Conflict("illegal-transition", "OPENING is the first movement of a row only");
        }
        checkStock(move, row);
        checkRange(move, row);
        checkRevenue(move, part);
        checkValue(move, row, part);
    }

    static void requireStocked(PartFacts part) {
        if (part.type() == Part.Type.SERVICE) {
            throw new Problem.Contradiction("not-stocked", "partId", "a SERVICE part has no stock");
        }
    }

    private static void checkStock(Move move, StockRow row) {
        if (!move.change().isNegative()) {
            return;
        }
        Quantity wanted = move.change().abs();
        if (wanted.compareTo(row.quantity()) > 0) {
            throw refused("insufficient-stock", "only " + row.quantity() + " are there", wanted, row);
        }
        if (wanted.compareTo(row.available()) > 0) {
            throw refused("insufficient-available", "only " + row.available() + " may be used", wanted, row);
        }
    }

    private static Problem refused(String code, String message, Quantity wanted, StockRow row) {
        return new Problem.Conflict(
                code,
                message,
                Map.of(
                        "locationId", row.key().location(),
                        "partId", row.key().part(),
                        "wanted", wanted,
                        "quantity", row.quantity(),
                        "held", row.held(),
                        "reserved", row.reserved(),
                        "available", row.available()));
    }

    private static void checkRange(Move move, StockRow row) {
        if (move.change().isPositive() && move.change().compareTo(Quantity.MOST.minus(row.quantity())) > 0) {
            throw new Problem.Contradiction(
                    "quantity-range",
                    "quantity",
                    "a row holds at most " + Quantity.MOST + ", " + row.quantity() + " are there");
        }
    }

    private static void checkRevenue(Move move, PartFacts part) {
        BigDecimal price = priceOf(move, part);
        BigDecimal amount = price == null
                ? BigDecimal.ZERO
                : price.multiply(move.quantity().abs().toBigDecimal());
        if (amount.compareTo(LARGEST_AMOUNT) >= 0) {
            throw new Problem.Contradiction(
                    "quantity-range", "quantity", "quantity × price is less than " + LARGEST_AMOUNT.toPlainString());
        }
    }

    private static @Nullable BigDecimal priceOf(Move move, PartFacts part) {
        return move.unitPrice() != null || move.type() != MovementType.ISSUE ? move.unitPrice() : part.price();
    }

    private static void checkValue(Move move, StockRow row, PartFacts part) {
        if (move.valueLimit() == null) {
            return;
        }
        BigDecimal each = row.averageCost() != null
                ? row.averageCost()
                : part.standardCost() != null ? part.standardCost() : part.price();
        BigDecimal value = each == null
                ? BigDecimal.ZERO
                : each.multiply(move.quantity().abs().toBigDecimal());
        if (value.compareTo(move.valueLimit()) > 0) {
            throw new Problem.Forbidden(
                    "approval-limit", "without stock:configure a correction is worth at most " + move.valueLimit());
        }
    }

    static Movement toMovement(Move move, StockRow after, PartFacts part, LocationFacts location, Instant now) {
        BigDecimal price = priceOf(move, part);
        String currency = move.currency() != null ? move.currency() : part.currency();
        Instant occurredAt = move.occurredAt() == null ? now : move.occurredAt();
        return new Movement(Ids.next(), move, move.change(), after.quantity(), price, currency, occurredAt);
    }
}
