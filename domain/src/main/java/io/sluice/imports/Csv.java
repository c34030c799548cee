package io.sluice.imports;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fields of one record as RFC 4180 writes them, with any delimiter. */
public final class Csv {

    private static final char[] DELIMITERS = {',', ';', '\t', '|'};

    private Csv() {}

    public static List<String> parse(String line, char delimiter) {
        List<String> fields = new ArrayList<>();
        int at = 0;
        while (true) {
            if (at < line.length() && line.charAt(at) == '"') {
                at = quoted(line, at + 1, delimiter, fields);
            } else {
                int end = line.indexOf(delimiter, at);
                fields.add(line.substring(at, end < 0 ? line.length() : end));
                at = end;
            }
            if (at < 0) {
                return fields;
            }
            at++;
        }
    }

    /** Reads on behind the opening quote; answers where the next delimiter is, or -1. */
    private static int quoted(String line, int from, char delimiter, List<String> fields) {
        StringBuilder field = new StringBuilder();
        int at = from;
        while (at < line.length()) {
            char c = line.charAt(at);
            if (c != '"') {
                field.append(c);
                at++;
            } else if (at + 1 < line.length() && line.charAt(at + 1) == '"') {
                field.append('"');
                at += 2;
            } else {
                break;
            }
        }
        int end = line.indexOf(delimiter, at);
        field.append(line, Math.min(at + 1, line.length()), end < 0 ? line.length() : Math.max(end, at));
        fields.add(field.toString());
        return end;
    }

    /** The delimiter that stands most often outside of quotes; a comma when there is none. */
    public static char delimiterOf(String header) {
        char best = ',';
        int most = 0;
        for (char candidate : DELIMITERS) {
            int count = parse(header, candidate).size() - 1;
            if (count > most) {
                most = count;
                best = candidate;
            }
        }
        return best;
    }

    static boolean maySeparate(byte b) {
        return b == ',' || b == ';' || b == '\t' || b == '|';
    }

    public static String write(List<? extends @Nullable String> fields, char delimiter) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < fields.size(); i++) {
            if (i > 0) {
                line.append(delimiter);
            }
            String field = fields.get(i);
            write(line, field == null ? "" : field, delimiter);
        }
        return line.append('\n').toString();
    }

    private static void write(StringBuilder line, String field, char delimiter) {
        boolean plain = field.indexOf(delimiter) < 0
                && field.indexOf('"') < 0
                && field.indexOf('\n') < 0
                && field.indexOf('\r') < 0;
        if (plain) {
            line.append(field);
        } else {
            line.append('"').append(field.replace("\"", "\"\"")).append('"');
        }
    }
}
