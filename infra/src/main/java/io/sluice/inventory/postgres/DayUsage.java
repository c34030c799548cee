package io.sluice.inventory.postgres;

import io.sluice.inventory.LocationFacts;
import io.sluice.inventory.Movement;
import io.sluice.inventory.MovementType;
import io.sluice.shared.Quantity;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.UUID;

/** What is added to the usage of a part at a place on a day. */
public record DayUsage(
        UUID part, UUID location, LocalDate day, Quantity issued, long count, Quantity returned, BigDecimal revenue) {

    static DayUsage of(Movement movement, LocationFacts location) {
        LocalDate day = movement.occurredAt().atZone(location.timeZone()).toLocalDate();
        boolean issue = movement.move().type() == MovementType.ISSUE;
        boolean back = movement.move().type() == MovementType.RETURN;
        Quantity issued = issue ? movement.change().negated() : Quantity.ZERO;
        BigDecimal price = movement.unitPrice() == null ? BigDecimal.ZERO : movement.unitPrice();
        return new DayUsage(
                movement.move().part(),
                movement.move().location(),
                day,
                issued,
                issue ? (issued.isPositive() ? 1 : -1) : 0,
                back ? movement.change() : Quantity.ZERO,
                price.multiply(issued.toBigDecimal()));
    }

    boolean isNothing() {
        return issued.isZero() && returned.isZero();
    }

    DayUsage plus(DayUsage other) {
        return new DayUsage(
                part,
                location,
                day,
                issued.plus(other.issued),
                count + other.count,
                returned.plus(other.returned),
                revenue.add(other.revenue));
    }

    record Day(UUID location, UUID part, LocalDate day) {}

    Day key() {
        return new Day(location, part, day);
    }
}
