package io.sluice.postgres;

import io.r2dbc.spi.Readable;
import io.sluice.shared.Quantity;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads columns of rows into the domain's types; the plain verbs fail on NULL, {@code maybe} verbs pass it on. */
public final class Rows {

    private Rows() {}

    public static String text(Readable row, String column) {
        return present(row.get(column, String.class), column);
    }

    public static @Nullable String maybeText(Readable row, String column) {
        return row.get(column, String.class);
    }

    public static UUID uuid(Readable row, String column) {
        return present(row.get(column, UUID.class), column);
    }

    public static @Nullable UUID maybeUuid(Readable row, String column) {
        return row.get(column, UUID.class);
    }

    public static long number(Readable row, String column) {
        return present(row.get(column, Long.class), column);
    }

    public static @Nullable Long maybeNumber(Readable row, String column) {
        return row.get(column, Long.class);
    }

    public static int integer(Readable row, String column) {
        return present(row.get(column, Integer.class), column);
    }

    public static boolean truth(Readable row, String column) {
        return present(row.get(column, Boolean.class), column);
    }

    public static BigDecimal decimal(Readable row, String column) {
        return present(row.get(column, BigDecimal.class), column);
    }

    public static @Nullable BigDecimal maybeDecimal(Readable row, String column) {
        return row.get(column, BigDecimal.class);
    }

    public static Quantity quantity(Readable row, String column) {
        return Quantity.of(decimal(row, column));
    }

    public static @Nullable Quantity maybeQuantity(Readable row, String column) {
        BigDecimal value = row.get(column, BigDecimal.class);
        return value == null ? null : Quantity.of(value);
    }

    public static Instant instant(Readable row, String column) {
        return present(row.get(column, OffsetDateTime.class), column).toInstant();
    }

    public static @Nullable Instant maybeInstant(Readable row, String column) {
        OffsetDateTime value = row.get(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }

    public static byte[] bytes(Readable row, String column) {
        return present(row.get(column, byte[].class), column);
    }

    public static List<String> texts(Readable row, String column) {
        return Arrays.asList(present(row.get(column, String[].class), column));
    }

    public static List<UUID> uuids(Readable row, String column) {
        return Arrays.asList(present(row.get(column, UUID[].class), column));
    }

    public static @Nullable List<UUID> maybeUuids(Readable row, String column) {
        UUID[] values = row.get(column, UUID[].class);
        return values == null ? null : Arrays.asList(values);
    }

    public static @Nullable List<String> maybeTexts(Readable row, String column) {
        String[] values = row.get(column, String[].class);
        return values == null ? null : Arrays.asList(values);
    }

    private static <T> T present(@Nullable T value, String column) {
        if (value == null) {
            throw new NoSuchElementException("column " + column + " is NULL");
        }
        return value;
    }
}
