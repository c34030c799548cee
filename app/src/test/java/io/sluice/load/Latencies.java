package io.sluice.load;

/** A histogram of durations with an error under one per cent. Not for several threads. */
final class Latencies {

    private static final int FINE_BITS = 7;
    private static final int FINE = 1 << FINE_BITS;
    private static final long UNIT = 1_000;

    private final long[] counts = new long[(Long.SIZE - FINE_BITS) * FINE];
    private long count;
    private long highest;

    void record(long nanos) {
        var micros = Math.max(nanos, 0) / UNIT;
        counts[slot(micros)]++;
        count++;
        highest = Math.max(highest, nanos);
    }

    void add(Latencies other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
        count += other.count;
        highest = Math.max(highest, other.highest);
    }

    long count() {
        return count;
    }

    double maxMillis() {
        return highest / 1e6;
    }

    /** The duration that the given share of all does not exceed, -1 when nothing was recorded. */
    double millis(double share) {
        long left = (long) Math.ceil(count * share);
        for (int i = 0; i < counts.length && count > 0; i++) {
            left -= counts[i];
            if (left <= 0) {
                return Math.min(upper(i) * UNIT / 1e6, maxMillis());
            }
        }
        return -1;
    }

    private static int slot(long micros) {
        int shift = Math.max(0, Long.SIZE - FINE_BITS - Long.numberOfLeadingZeros(micros));
        return shift == 0 ? (int) micros : (shift << FINE_BITS - 1) + (int) (micros >> shift);
    }

    private static long upper(int slot) {
        if (slot < FINE) {
            return slot + 1L;
        }
        int half = FINE / 2;
        int shift = slot / half - 1;
        return (long) (slot - shift * half + 1) << shift;
    }
}
