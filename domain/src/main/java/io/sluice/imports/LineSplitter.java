package io.sluice.imports;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts bytes that come in pieces into records. In CSV a line ends with CR LF, LF or CR, and a line end inside a quoted
 * field belongs to the record; a quote that is never closed costs its own line only. Blank lines are left out. Not for
 * sharing.
 */
final class LineSplitter {

    private static final int AT_FIELD = 0;
    private static final int PLAIN = 1;
    private static final int QUOTED = 2;
    private static final int QUOTE_IN_QUOTED = 3;
    private static final int TOO_LONG = 4;

    /** A record of the file. {@code fault} says why it is none. */
    record Raw(long number, byte[] bytes, @Nullable String fault) {}

    private final boolean quotes;
    private final int longest;
    private byte delimiter;
    private byte[] open = new byte[1024];
    private int length;
    private int state = AT_FIELD;
    private long number = 1;
    private long lineEnds;
    private boolean afterReturn;

    /** @param delimiter 0: any that is in use, until {@link #delimiter} tells which */
    LineSplitter(boolean quotes, byte delimiter, int longest) {
        this.quotes = quotes;
        this.delimiter = delimiter;
        this.longest = longest;
    }

    void delimiter(char found) {
        delimiter = (byte) found;
    }

    /** The records that this piece completes. */
    List<Raw> split(byte[] piece) {
        List<Raw> records = new ArrayList<>();
        feed(piece, records);
        return records;
    }

    /** The last record, which no line end follows. */
    List<Raw> rest() {
        List<Raw> records = new ArrayList<>();
        while (state == QUOTED && length > 0) {
            giveUpQuote(records);
        }
        take(records);
        return records;
    }

    private void feed(byte[] bytes, List<Raw> records) {
        for (byte b : bytes) {
            feed(b, records);
        }
    }

    private void feed(byte b, List<Raw> records) {
        boolean endsReturn = afterReturn && b == '\n';
        afterReturn = quotes && b == '\r';
        boolean ends = afterReturn || (b == '\n' && !endsReturn);
        if (ends) {
            lineEnds++;
        }
        if (state != QUOTED && (ends || endsReturn)) {
            take(records);
            return;
        }
        if (state == TOO_LONG) {
            return;
        }
        state = next(b);
        push(b);
        if (length > longest) {
            tooLong(records);
        }
    }

    private int next(byte b) {
        if (!quotes) {
            return PLAIN;
        }
        return switch (state) {
            case AT_FIELD -> b == '"' ? QUOTED : separates(b) ? AT_FIELD : PLAIN;
            case QUOTED -> b == '"' ? QUOTE_IN_QUOTED : QUOTED;
            case QUOTE_IN_QUOTED -> b == '"' ? QUOTED : separates(b) ? AT_FIELD : PLAIN;
            default -> separates(b) ? AT_FIELD : PLAIN;
        };
    }

    private boolean separates(byte b) {
        return delimiter == 0 ? Csv.maySeparate(b) : b == delimiter;
    }

    private void push(byte b) {
        if (length == open.length) {
            open = Arrays.copyOf(open, Math.min(open.length * 4, longest + 2));
        }
        open[length++] = b;
    }

    private void tooLong(List<Raw> records) {
        if (state == QUOTED && indexOfLineEnd() >= 0) {
            giveUpQuote(records);
            return;
        }
        records.add(new Raw(number, Arrays.copyOf(open, 200), "line-too-long"));
        length = 0;
        state = TOO_LONG;
    }

    /** The quote is taken for a fault of its own line; what follows is read again. */
    private void giveUpQuote(List<Raw> records) {
        byte[] all = Arrays.copyOf(open, length);
        int end = indexOfLineEnd();
        int cut = end < 0 ? all.length : end;
        records.add(new Raw(number, Arrays.copyOf(all, cut), "unclosed-quote"));
        length = 0;
        state = AT_FIELD;
        number++;
        lineEnds = number - 1;
        if (end >= 0) {
            afterReturn = all[end] == '\r';
            feed(Arrays.copyOfRange(all, end + 1, all.length), records);
        }
    }

    private int indexOfLineEnd() {
        for (int i = 0; i < length; i++) {
            if (open[i] == '\n' || open[i] == '\r') {
                return i;
            }
        }
        return -1;
    }

    private void take(List<Raw> records) {
        int end = length > 0 && open[length - 1] == '\r' ? length - 1 : length;
        if (state != TOO_LONG && !isBlank(end)) {
            records.add(new Raw(number, Arrays.copyOf(open, end), null));
        }
        length = 0;
        state = AT_FIELD;
        number = lineEnds + 1;
    }

    private boolean isBlank(int end) {
        for (int i = 0; i < end; i++) {
            if (open[i] > ' ' || open[i] < 0) {
                return false;
            }
        }
        return true;
    }
}
