package io.sluice.postgres;

import org.jspecify.annotations.Nullable;

/**
 * An array as PostgreSQL reads it from text (manual, 8.15.6), written in one go: the driver makes a string of every
 * element first. The SQL casts it ({@code $3::bigint[]}).
 */
final class ArrayText {

    private static final int AROUND_AN_ELEMENT = 40;

    private ArrayText() {}

    static String of(@Nullable Object[] values) {
        StringBuilder out = new StringBuilder(2 + values.length * AROUND_AN_ELEMENT).append('{');
        for (int i = 0; i < values.length; i++) {
            if (i > 0) {
                out.append(',');
            }
            switch (values[i]) {
                case null -> out.append("NULL");
                case String text -> quote(out, text);
                case Object plain -> out.append(plain); // numbers and ids have nothing to escape
            }
        }
        return out.append('}').toString();
    }

    private static void quote(StringBuilder out, String text) {
        out.ensureCapacity(out.length() + text.length() + text.length() / 4 + 3);
        out.append('"');
        int copied = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append(text, copied, i).append('\\');
                copied = i;
            }
        }
        out.append(text, copied, text.length()).append('"');
    }
}
