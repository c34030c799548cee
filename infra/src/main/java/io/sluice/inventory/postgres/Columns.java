package io.sluice.inventory.postgres;

import io.sluice.access.Scope;
import io.sluice.shared.Quantity;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Turns lists of values into the arrays that a set-based statement takes apart again with {@code unnest}. */
final class Columns {

    private Columns() {}

    static <T> @Nullable String[] texts(List<T> items, Function<T, @Nullable Object> field) {
        @Nullable String[] column = new String[items.size()];
        for (int i = 0; i < column.length; i++) {
            column[i] = text(field.apply(items.get(i)));
        }
        return column;
    }

    private static @Nullable String text(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case BigDecimal number -> number.toPlainString();
            case Quantity quantity -> quantity.toString();
            case Instant at -> at.toString();
            case Enum<?> word -> word.name();
            default -> value.toString();
        };
    }

    static @Nullable BigDecimal decimal(@Nullable Quantity quantity) {
        return quantity == null ? null : quantity.toBigDecimal();
    }

    /** The listed ids, or null for all. */
    static java.util.UUID @Nullable [] ids(Scope<java.util.UUID> scope) {
        return scope instanceof Scope.Only<java.util.UUID>(var ids) ? ids.toArray(java.util.UUID[]::new) : null;
    }

    static <T> java.util.UUID[] uuids(List<T> items, Function<T, java.util.UUID> field) {
        return items.stream().map(field).toArray(java.util.UUID[]::new);
    }

    static <T> Boolean[] truths(List<T> items, Predicate<T> field) {
        return items.stream().map(field::test).toArray(Boolean[]::new);
    }

    static <T> Long[] numbers(List<T> items, Function<T, Long> field) {
        return items.stream().map(field).toArray(Long[]::new);
    }
}
