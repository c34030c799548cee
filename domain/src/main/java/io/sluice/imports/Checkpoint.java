package io.sluice.imports;

import java.util.List;

/**
 * How far an import has come: written in the transaction of the lines themselves.
 *
 * @param line the number of the last line that is done; 0: none
 * @param bytes of the file that are read
 * @param opened whether the openings are posted
 * @param columns of the file, as it names them
 */
public record Checkpoint(
        long line, long bytes, boolean opened, Counters counters, Tally tally, List<String> columns, String delimiter) {

    public static final Checkpoint START = new Checkpoint(0, 0, false, Counters.NONE, Tally.NOTHING, List.of(), ",");

    public Checkpoint {
        columns = List.copyOf(columns);
    }

    public Checkpoint after(List<ImportLine> lines, long bytes, Tally tally, MappedFile file) {
        Counters sum = counters;
        for (ImportLine line : lines) {
            sum = sum.plus(line.outcome());
        }
        long last = lines.isEmpty() ? line : lines.getLast().number();
        return new Checkpoint(last, bytes, opened, sum, tally, file.header(), Character.toString(file.delimiter()));
    }

    public Checkpoint with(Tally sum) {
        return new Checkpoint(line, bytes, opened, counters, sum, columns, delimiter);
    }

    public Checkpoint withOpenings() {
        return new Checkpoint(line, bytes, true, counters, tally, columns, delimiter);
    }
}
