package io.sluice.imports;

import io.sluice.shared.Ids;
import io.sluice.shared.Problem;
import io.sluice.shared.Quantity;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns the texts of a line into values; what does not fit is a {@link Problem.Invalid} that names its column. */
public final class Texts {

    private static final DateTimeFormatter AMERICAN = strict("M/d/yyyy H:mm");
    private static final DateTimeFormatter AMERICAN_DAY = strict("M/d/yyyy");
    private static final Pattern GROUPED = Pattern.compile("[+-]?[0-9]{1,3}(\\.[0-9]{3})+(,[0-9]*)?");

    private final char decimal;
    private final @Nullable DateTimeFormatter format;
    private String lastText = "";
    private LocalDateTime lastTime = LocalDateTime.MIN;

    public Texts(ImportOptions options) {
        this.decimal = options.decimal();
        String pattern = options.dateFormat();
        this.format = pattern == null ? null : strict(pattern);
    }

    /** February has no 30th day. A year of an era, which the letter y means, would need its era then. */
    private static DateTimeFormatter strict(String pattern) {
        return DateTimeFormatter.ofPattern(pattern.replace('y', 'u'), Locale.ROOT)
                .withResolverStyle(ResolverStyle.STRICT);
    }

    static String required(String field, @Nullable String text) {
        if (text == null) {
            throw Problem.Invalid.field(field, "required", "is required");
        }
        return text;
    }

    static String sized(String field, String text, int most) {
        if (text.length() > most) {
            throw Problem.Invalid.field(field, "out-of-range", "has at most " + most + " characters");
        }
        return text;
    }

    static @Nullable String sizedOrNull(String field, @Nullable String text, int most) {
        return text == null ? null : sized(field, text, most);
    }

    public BigDecimal number(String field, String text) {
        try {
            String plain = decimal == '.' ? text : pointed(text);
            if (plain.length() > 40) {
                throw new NumberFormatException(plain);
            }
            BigDecimal number = new BigDecimal(plain);
            if (Math.abs(number.scale()) > 40) {
                throw new NumberFormatException(plain);
            }
            return number;
        } catch (NumberFormatException _) {
            throw Problem.Invalid.field(field, "wrong-type", "a number is expected");
        }
    }

    /** Where a comma begins the decimals, a point stands between groups of three digits or is a mistake. */
    private static String pointed(String text) {
        if (text.indexOf('.') >= 0 && !GROUPED.matcher(text).matches()) {
            throw new NumberFormatException(text);
        }
        return text.replace(".", "").replace(',', '.');
    }

    public Quantity quantity(String field, String text) {
        try {
            return Quantity.of(number(field, text));
        } catch (ArithmeticException _) {
            throw Problem.Invalid.field(
                    field, "wrong-type", "a number with at most 15 digits before and 3 after the point is expected");
        }
    }

    public @Nullable Quantity quantityOrNull(String field, @Nullable String text) {
        return text == null ? null : quantity(field, text);
    }

    /** An amount as {@code numeric(19,4)} holds it. */
    public BigDecimal money(String field, String text) {
        BigDecimal amount = number(field, text);
        if (amount.stripTrailingZeros().scale() > 4 || amount.precision() - amount.scale() > 15) {
            throw Problem.Invalid.field(field, "out-of-range", "at most 15 digits before and 4 after the point");
        }
        return amount;
    }

    public @Nullable BigDecimal moneyOrNull(String field, @Nullable String text) {
        return text == null ? null : notNegative(field, money(field, text));
    }

    private static BigDecimal notNegative(String field, BigDecimal amount) {
        if (amount.signum() < 0) {
            throw Problem.Invalid.field(field, "out-of-range", "must be at least 0");
        }
        return amount;
    }

    int integer(String field, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException _) {
            throw Problem.Invalid.field(field, "wrong-type", "an integer is expected");
        }
    }

    static @Nullable UUID uuidOrNull(String text) {
        try {
            return Ids.of(text);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    static <E extends Enum<E>> E word(String field, String text, Class<E> type) {
        try {
            return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException _) {
            throw Problem.Invalid.field(
                    field, "unknown-value", "one of " + java.util.List.of(type.getEnumConstants()) + " is expected");
        }
    }

    static ZoneId zone(String field, String text) {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException _) {
            throw Problem.Invalid.field(field, "wrong-type", "a time zone such as Europe/Berlin is expected");
        }
    }

    /** ISO, or {@code M/d/yyyy H:mm}, or as the option says. Neighbours often have the same time. */
    public LocalDateTime time(String field, String text) {
        if (!text.equals(lastText)) {
            lastTime = parsed(field, text);
            lastText = text;
        }
        return lastTime;
    }

    /** A time with an offset is exact; any other is meant in a zone that is still to be found. */
    Mapped.Moment moment(String field, String text) {
        if (format != null || !isOffset(text)) {
            return Mapped.Moment.of(time(field, text));
        }
        try {
            return new Mapped.Moment(
                    OffsetDateTime.parse(text.replace(' ', 'T')).toInstant(), null);
        } catch (DateTimeException _) {
            throw wrongTime(field);
        }
    }

    private static boolean isOffset(String text) {
        return text.endsWith("Z") || (text.length() > 16 && (text.indexOf('+', 16) > 0 || text.indexOf('-', 16) > 0));
    }

    private LocalDateTime parsed(String field, String text) {
        try {
            if (format != null) {
                return format.parseBest(text, LocalDateTime::from, LocalDate::from) instanceof LocalDate day
                        ? day.atStartOfDay()
                        : LocalDateTime.parse(text, format);
            }
            if (text.indexOf('/') > 0) {
                return text.indexOf(':') > 0
                        ? LocalDateTime.parse(text, AMERICAN)
                        : LocalDate.parse(text, AMERICAN_DAY).atStartOfDay();
            }
            return text.length() == 10
                    ? LocalDate.parse(text).atStartOfDay()
                    : LocalDateTime.parse(text.replace(' ', 'T'));
        } catch (DateTimeException _) {
            throw wrongTime(field);
        }
    }

    private static Problem wrongTime(String field) {
        return Problem.Invalid.field(field, "wrong-type", "a time such as 2026-01-31T12:00 is expected");
    }
}
