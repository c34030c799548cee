package io.sluice.load;

import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Arrays;

/**
 * Reads kind, positions and times out of a stream frame by walking its bytes once, without building a tree. Many
 * subscribers get the same bytes, so what a frame said is remembered. One per event loop.
 */
final class FrameScan {

    /** What a frame said. Times are epoch nanoseconds, -1 when absent. */
    static final class Frame {
        private byte[] bytes = {};
        String kind = "";
        int events;
        long[] positions = new long[1];
        long[] sent = new long[1];
        long[] at = new long[1];

        private void add(long position, long sentAt, long occurredAt) {
            if (events == positions.length) {
                positions = Arrays.copyOf(positions, events * 2);
                sent = Arrays.copyOf(sent, events * 2);
                at = Arrays.copyOf(at, events * 2);
            }
            positions[events] = position;
            sent[events] = sentAt;
            at[events++] = occurredAt;
        }
    }

    private static final byte[] FRAME = "frame".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] POSITION = "position".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EVENTS = "events".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SENT = "at_ns".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] AT = "at".getBytes(StandardCharsets.US_ASCII);
    private static final int REMEMBERED = 256;
    private static final int HASHED = 96;
    private static final int MINUTE_END = "2026-01-01T00:00".length();
    private static final int SECONDS_END = "2026-01-01T00:00:00".length();
    private static final int NANO_DIGITS = 9;

    private final Frame[] remembered = new Frame[REMEMBERED];

    private byte[] bytes = {};
    private int end;
    private Frame frame = new Frame();
    private long position;
    private long sent;
    private long at;
    private final byte[] minute = new byte[MINUTE_END];
    private long minuteBegan = -1;

    Frame read(byte[] from, int start, int length) {
        int slot = slot(from, start, length);
        var known = remembered[slot];
        if (known != null && Arrays.equals(known.bytes, 0, known.bytes.length, from, start, start + length)) {
            return known;
        }
        frame = new Frame();
        frame.bytes = Arrays.copyOfRange(from, start, start + length);
        bytes = frame.bytes;
        end = length;
        walk();
        remembered[slot] = frame;
        return frame;
    }

    private static int slot(byte[] from, int start, int length) {
        int hash = length;
        for (int i = start, stop = start + Math.min(length, HASHED); i < stop; i++) {
            hash = hash * 31 + from[i];
        }
        return (hash ^ hash >>> 16) & REMEMBERED - 1;
    }

    private void walk() {
        boolean packed = false;
        int depth = 0;
        begin();
        for (int i = 0; i < end; i++) {
            switch (bytes[i]) {
                case '{', '[' -> {
                    depth++;
                    if (packed && depth == 3) {
                        begin();
                    }
                }
                case '}', ']' -> {
                    if (packed && depth == 3) {
                        commit();
                    }
                    depth--;
                }
                case '"' -> {
                    int close = closing(i + 1);
                    int value = valueAfter(close);
                    if (value > 0) {
                        packed |= depth == 1 && key(i, close, EVENTS) && bytes[value] == '[';
                        field(i, close, value, depth, packed ? 3 : 1);
                        i = value - 1;
                    } else {
                        i = close;
                    }
                }
                default -> {}
            }
        }
        if (!packed && (frame.kind.isEmpty() || frame.kind.equals("event"))) {
            commit();
        }
    }

    private void begin() {
        position = -1;
        sent = -1;
        at = -1;
    }

    private void commit() {
        if (position >= 0) {
            frame.add(position, sent, at);
        }
    }

    private void field(int open, int close, int value, int depth, int eventDepth) {
        if (key(open, close, SENT)) {
            sent = digits(value);
        } else if (depth == 1 && key(open, close, FRAME)) {
            frame.kind = text(value);
        } else if (depth == eventDepth && key(open, close, POSITION)) {
            position = digits(value);
        } else if (depth == eventDepth && key(open, close, AT)) {
            at = moment(value);
        }
    }

    private boolean key(int open, int close, byte[] name) {
        return Arrays.equals(bytes, open + 1, close, name, 0, name.length);
    }

    /** The index of the quote that ends the string beginning here. */
    private int closing(int from) {
        for (int i = from; i < end; i++) {
            if (bytes[i] == '\\') {
                i++;
            } else if (bytes[i] == '"') {
                return i;
            }
        }
        return end;
    }

    /** Where the value of the key ending here begins, 0 when it was no key. */
    private int valueAfter(int close) {
        int i = skipBlanks(close + 1);
        return i < end && bytes[i] == ':' ? Math.min(skipBlanks(i + 1), end - 1) : 0;
    }

    private int skipBlanks(int from) {
        int i = from;
        while (i < end && bytes[i] <= ' ') {
            i++;
        }
        return i;
    }

    private long digits(int from) {
        int i = bytes[from] == '"' ? from + 1 : from;
        long value = -1;
        for (; i < end && bytes[i] >= '0' && bytes[i] <= '9'; i++) {
            value = Math.max(value, 0) * 10 + bytes[i] - '0';
        }
        return value;
    }

    private String text(int from) {
        return bytes[from] == '"'
                ? new String(bytes, from + 1, closing(from + 1) - from - 1, StandardCharsets.UTF_8)
                : "";
    }

    /** Most times are of the same minute and in UTC, and only their seconds are read. */
    private long moment(int from) {
        int start = from + 1;
        int close = bytes[from] == '"' ? closing(start) : start;
        if (close - start < SECONDS_END || bytes[close - 1] != 'Z') {
            return parsed(start, close);
        }
        if (!Arrays.equals(bytes, start, start + MINUTE_END, minute, 0, MINUTE_END)) {
            System.arraycopy(bytes, start, minute, 0, MINUTE_END);
            minuteBegan = nanosOf(new String(minute, StandardCharsets.US_ASCII) + ":00Z");
        }
        return minuteBegan < 0 ? -1 : minuteBegan + nanosOfSeconds(start + MINUTE_END + 1, close - 1);
    }

    private long nanosOfSeconds(int from, int to) {
        long nanos = 0;
        int fraction = 0;
        for (int i = from; i < to && fraction < NANO_DIGITS; i++) {
            if (bytes[i] != '.') {
                nanos = nanos * 10 + bytes[i] - '0';
                fraction += i >= from + 2 ? 1 : 0;
            }
        }
        for (; fraction < NANO_DIGITS; fraction++) {
            nanos *= 10;
        }
        return nanos;
    }

    private long parsed(int start, int close) {
        return nanosOf(new String(bytes, start, close - start, StandardCharsets.US_ASCII));
    }

    private static long nanosOf(String text) {
        try {
            return Clocks.nanosOf(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeParseException _) {
            return -1;
        }
    }
}
