package io.sluice.imports;

import io.sluice.imports.LineSplitter.Raw;
import io.sluice.shared.FieldError;
import io.sluice.shared.Problem;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the pieces of a file, one after the other, into lines. Keeps the columns that it met. Not for sharing. */
public final class LineReader {

    public static final int LONGEST = 1 << 16;
    private static final int MOST_COLUMNS = 1000;

    private final Columns wished;
    private final ImportFormat format;
    private final Charset charset;
    private final Map<String, String> renamed = new HashMap<>();
    private final JsonObjects json;
    private final LineSplitter splitter;
    private final Map<String, Integer> places = new LinkedHashMap<>();
    private final List<String> free = new ArrayList<>();
    private int[] header = {};
    private List<String> columns = List.of();
    private boolean begun;
    private char delimiter;

    /** Takes a JSON object apart. */
    @FunctionalInterface
    public interface JsonObjects {

        /** Values as texts; {@code malformed-json} when it is no object. */
        Map<String, @Nullable String> fields(String line);
    }

    public LineReader(Columns wished, ImportFormat format, ImportOptions options, JsonObjects json) {
        this.wished = wished;
        this.format = format;
        this.charset = Charset.forName(options.charset());
        options.mapping().forEach((theirs, ours) -> renamed.put(Columns.plain(theirs), ours));
        this.json = json;
        Character given = options.delimiter();
        this.delimiter = given == null ? 0 : given;
        this.splitter = new LineSplitter(format == ImportFormat.CSV, (byte) delimiter, LONGEST);
    }

    /** Fails with {@code missing-column} or {@code duplicate-column} when the header lacks one or has one twice. */
    public List<SourceLine> read(byte[] piece) {
        if (begun || format == ImportFormat.NDJSON) {
            return toLines(splitter.split(piece));
        }
        int end = 0;
        while (end < piece.length && piece[end] != '\n' && piece[end] != '\r') {
            end++;
        }
        if (end == piece.length) {
            return toLines(splitter.split(piece));
        }
        toLines(splitter.split(Arrays.copyOf(piece, end + 1)));
        return read(Arrays.copyOfRange(piece, end + 1, piece.length));
    }

    /** What is left after the last piece. */
    public List<SourceLine> end() {
        return toLines(splitter.rest());
    }

    /** The columns of the file as it names them, in their order. */
    public List<String> header() {
        return format == ImportFormat.CSV ? columns : List.copyOf(places.keySet());
    }

    /** Free columns, in the order of the values that follow the wished ones. */
    public List<String> free() {
        return free;
    }

    public char delimiter() {
        return delimiter == 0 ? ',' : delimiter;
    }

    private List<SourceLine> toLines(List<Raw> records) {
        List<SourceLine> lines = new ArrayList<>(records.size());
        for (Raw record : records) {
            if (!begun && format == ImportFormat.CSV) {
                begin(text(record));
            } else {
                lines.add(toLine(record));
            }
            begun = true;
        }
        return lines;
    }

    private String text(Raw record) {
        String text = new String(record.bytes(), charset);
        return !begun && text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private void begin(String line) {
        if (delimiter == 0) {
            delimiter = Csv.delimiterOf(line);
        }
        splitter.delimiter(delimiter);
        columns = Csv.parse(line, delimiter).stream().map(String::strip).toList();
        header = columns.stream().mapToInt(this::place).toArray();
        refuseTwice();
        String missing = wished.missing(places::containsValue);
        if (!missing.isEmpty()) {
            throw new Problem.Invalid(
                    "missing-column",
                    "the file has no column " + missing,
                    List.of(new FieldError(missing, "missing-column", "the file has no such column")));
        }
    }

    /** Columns that nobody reads may stand there as often as they like. */
    private void refuseTwice() {
        Set<Integer> taken = new HashSet<>();
        for (int i = 0; i < header.length; i++) {
            if (header[i] >= 0 && !taken.add(header[i])) {
                String name = columns.get(i);
                throw new Problem.Invalid(
                        "duplicate-column",
                        "the file has the column " + name + " twice",
                        List.of(new FieldError(name, "duplicate-column", "the file has this column already")));
            }
        }
    }

    /** Where the values of the column go; -1: nowhere. */
    private int place(String name) {
        Integer known = places.get(name);
        if (known != null) {
            return known;
        }
        if (places.size() >= MOST_COLUMNS) {
            throw new Problem.Invalid("too-many-columns", "a file has at most " + MOST_COLUMNS + " columns", List.of());
        }
        int place = wished.indexOf(renamed.getOrDefault(Columns.plain(name), name));
        if (place < 0 && wished.isFree(name)) {
            place = wished.size() + free.size();
            free.add(name);
        }
        places.put(name, place);
        return place;
    }

    private SourceLine toLine(Raw record) {
        String text = text(record);
        if (record.fault() != null) {
            return faulty(record, text, record.fault());
        }
        if (text.indexOf('\uFFFD') >= 0 || text.indexOf('\0') >= 0) {
            return faulty(record, text.replace('\0', '\uFFFD'), "malformed-text");
        }
        return format == ImportFormat.CSV ? ofCsv(record, text) : ofJson(record, text);
    }

    private static SourceLine faulty(Raw record, String text, String code) {
        String message =
                switch (code) {
                    case "line-too-long" -> "a line takes at most " + LONGEST + " bytes";
                    case "unclosed-quote" -> "a quoted field does not end";
                    case "too-many-fields" -> "the line has more fields than the header";
                    default -> "the line holds bytes that are no text of the charset";
                };
        return new SourceLine(record.number(), text, new String[0], new FieldError("", code, message));
    }

    private SourceLine ofCsv(Raw record, String text) {
        List<String> fields = Csv.parse(text, delimiter);
        if (fields.size() > header.length) {
            return faulty(record, text, "too-many-fields");
        }
        @Nullable String[] values = new String[wished.size() + free.size()];
        for (int i = 0; i < fields.size(); i++) {
            put(values, header[i], fields.get(i));
        }
        return new SourceLine(record.number(), text, values, null);
    }

    private SourceLine ofJson(Raw record, String text) {
        try {
            Map<String, @Nullable String> fields = json.fields(text);
            fields.keySet().forEach(this::place);
            @Nullable String[] values = new String[wished.size() + free.size()];
            fields.forEach((name, value) -> put(values, place(name), value));
            return new SourceLine(record.number(), text, values, null);
        } catch (Problem problem) {
            return new SourceLine(
                    record.number(), text, new String[0], new FieldError("", problem.code(), problem.detail()));
        }
    }

    private static void put(@Nullable String[] values, int place, @Nullable String value) {
        if (place >= 0 && value != null && !value.isBlank()) {
            values[place] = value.strip();
        }
    }
}
