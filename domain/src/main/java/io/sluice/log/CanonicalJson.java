package io.sluice.log;

import io.sluice.shared.Quantity;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * JSON in one form only, so that the same value always has the same bytes: RFC 8785 (keys by UTF-16 code units, no
 * blanks, shortest escapes). Numbers are written as their exact plain decimal without trailing zeros, which is RFC
 * 8785's form wherever a double holds the value exactly and keeps the other digits where it does not.
 *
 * <p>Takes maps with string keys, collections, strings, booleans, numbers, {@link Quantity}, {@link UUID},
 * {@link Instant}, enums and null; anything else is an {@link IllegalArgumentException}.
 */
public final class CanonicalJson {

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private CanonicalJson() {}

    public static String write(@Nullable Object value) {
        StringBuilder out = new StringBuilder(256);
        write(out, value);
        return out.toString();
    }

    public static void write(StringBuilder out, @Nullable Object value) {
        switch (value) {
            case null -> out.append("null");
            case String text -> quote(out, text);
            case Boolean truth -> out.append(truth.booleanValue());
            case Integer number -> out.append(number.intValue());
            case Long number -> out.append(number.longValue());
            case Quantity quantity -> out.append(quantity);
            case BigDecimal number -> out.append(plain(number));
            case Number number -> out.append(plain(new BigDecimal(number.toString())));
            case UUID id -> out.append('"').append(id).append('"');
            case Instant at -> out.append('"').append(at).append('"');
            case Enum<?> word -> out.append('"').append(word.name()).append('"');
            case Map<?, ?> map -> writeMap(out, map);
            case Collection<?> items -> writeAll(out, items);
            default -> throw new IllegalArgumentException("no JSON form: " + value.getClass());
        }
    }

    /** The exact value in plain digits, without trailing zeros. */
    public static String plain(BigDecimal number) {
        BigDecimal stripped = number.stripTrailingZeros();
        return stripped.signum() == 0 ? "0" : stripped.toPlainString();
    }

    private static void writeMap(StringBuilder out, Map<?, ?> map) {
        String[] keys = map.keySet().toArray(String[]::new);
        Arrays.sort(keys);
        out.append('{');
        for (int i = 0; i < keys.length; i++) {
            if (i > 0) {
                out.append(',');
            }
            quote(out, keys[i]);
            out.append(':');
            write(out, map.get(keys[i]));
        }
        out.append('}');
    }

    private static void writeAll(StringBuilder out, Collection<?> items) {
        out.append('[');
        String separator = "";
        for (Object item : items) {
            out.append(separator);
            write(out, item);
            separator = ",";
        }
        out.append(']');
    }

    /** Appends the text as a JSON string. */
    public static void quote(StringBuilder out, String text) {
        out.append('"');
        int plainFrom = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x20 && c != '"' && c != '\\') {
                continue;
            }
            out.append(text, plainFrom, i);
            plainFrom = i + 1;
            escape(out, c);
        }
        out.append(text, plainFrom, text.length()).append('"');
    }

    private static void escape(StringBuilder out, char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\b' -> out.append("\\b");
            case '\t' -> out.append("\\t");
            case '\n' -> out.append("\\n");
            case '\f' -> out.append("\\f");
            case '\r' -> out.append("\\r");
            default -> out.append("\\u00").append(HEX[c >> 4]).append(HEX[c & 0xF]);
        }
    }
}
