package io.sluice.shared;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * An exact quantity in a part's base unit, kept in thousandths (SQL {@code numeric(18,3)}): from
 * -999,999,999,999,999.999 to 999,999,999,999,999.999.
 */
public record Quantity(long thousandths) implements Comparable<Quantity> {

    public static final Quantity ZERO = new Quantity(0);
    private static final long LIMIT = 999_999_999_999_999_999L;
    /** The highest there is. */
    public static final Quantity MOST = new Quantity(LIMIT);

    public Quantity {
        if (thousandths > LIMIT || thousandths < -LIMIT) {
            throw new ArithmeticException("quantity out of range: " + thousandths + " thousandths");
        }
    }

    public static Quantity of(long units) {
        return new Quantity(Math.multiplyExact(units, 1000L));
    }

    /** The same value; an {@link ArithmeticException} when it has more than three decimals or is out of range. */
    public static Quantity of(BigDecimal value) {
        return new Quantity(
                value.setScale(3, RoundingMode.UNNECESSARY).unscaledValue().longValueExact());
    }

    public Quantity plus(Quantity other) {
        return new Quantity(Math.addExact(thousandths, other.thousandths));
    }

    public Quantity minus(Quantity other) {
        return new Quantity(Math.subtractExact(thousandths, other.thousandths));
    }

    public Quantity negated() {
        return new Quantity(-thousandths);
    }

    public Quantity abs() {
        return new Quantity(Math.abs(thousandths));
    }

    public boolean isZero() {
        return thousandths == 0;
    }

    public boolean isPositive() {
        return thousandths > 0;
    }

    public boolean isNegative() {
        return thousandths < 0;
    }

    public boolean isAtMost(Quantity other) {
        return thousandths <= other.thousandths;
    }

    /** True when the value needs no more than the given decimals (0..3). */
    public boolean fits(int decimals) {
        return switch (decimals) {
            case 0 -> thousandths % 1000 == 0;
            case 1 -> thousandths % 100 == 0;
            case 2 -> thousandths % 10 == 0;
            default -> true;
        };
    }

    /** Plain, without trailing zeros: {@code 12}, {@code 0.5}. */
    public BigDecimal toBigDecimal() {
        BigDecimal plain = BigDecimal.valueOf(thousandths, 3).stripTrailingZeros();
        return plain.scale() < 0 ? plain.setScale(0) : plain;
    }

    @Override
    public int compareTo(Quantity other) {
        return Long.compare(thousandths, other.thousandths);
    }

    @Override
    public String toString() {
        return thousandths % 1000 == 0
                ? Long.toString(thousandths / 1000)
                : toBigDecimal().toPlainString();
    }
}
