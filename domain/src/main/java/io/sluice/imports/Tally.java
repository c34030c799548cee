package io.sluice.imports;

import io.sluice.inventory.MovementType;
import io.sluice.shared.Quantity;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the applied lines came to. {@code out} and {@code back} are what was issued and returned. */
public record Tally(
        Map<MovementType, Long> byType,
        Quantity out,
        Quantity back,
        BigDecimal revenue,
        BigDecimal refunded,
        long days) {

    public static final Tally NOTHING =
            new Tally(Map.of(), Quantity.ZERO, Quantity.ZERO, BigDecimal.ZERO, BigDecimal.ZERO, 0);

    public Tally {
        byType = Map.copyOf(byType);
    }

    /** A sum that grows in place, for the lines of one transaction. */
    public static final class Sum {
        private final Map<MovementType, Long> byType;
        private long out;
        private long back;
        private BigDecimal revenue;
        private BigDecimal refunded;
        private long days;

        public Sum(Tally start) {
            this.byType = new LinkedHashMap<>(start.byType);
            this.out = start.out.thousandths();
            this.back = start.back.thousandths();
            this.revenue = start.revenue;
            this.refunded = start.refunded;
            this.days = start.days;
        }

        public void add(MovementType type, Quantity quantity, @Nullable BigDecimal price) {
            byType.merge(type, 1L, Long::sum);
            BigDecimal value = price == null ? BigDecimal.ZERO : price.multiply(quantity.toBigDecimal());
            if (type == MovementType.ISSUE) {
                out = Math.addExact(out, quantity.thousandths());
                revenue = revenue.add(value);
            } else if (type == MovementType.RETURN) {
                back = Math.addExact(back, quantity.thousandths());
                refunded = refunded.add(value);
            }
        }

        /** Usage of a day that came without price. */
        public void used(Quantity quantity) {
            out = Math.addExact(out, quantity.thousandths());
            days++;
        }

        public Tally toTally() {
            return new Tally(byType, new Quantity(out), new Quantity(back), revenue, refunded, days);
        }
    }
}
