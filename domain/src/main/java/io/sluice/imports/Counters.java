package io.sluice.imports;

/** Lines read so far, by what became of them. */
public record Counters(long read, long applied, long duplicate, long skipped, long failed) {

    public static final Counters NONE = new Counters(0, 0, 0, 0, 0);

    public Counters plus(ImportLine.Outcome outcome) {
        return switch (outcome) {
            case APPLIED -> new Counters(read + 1, applied + 1, duplicate, skipped, failed);
            case DUPLICATE -> new Counters(read + 1, applied, duplicate + 1, skipped, failed);
            case SKIPPED -> new Counters(read + 1, applied, duplicate, skipped + 1, failed);
            case FAILED -> new Counters(read + 1, applied, duplicate, skipped, failed + 1);
        };
    }
}
