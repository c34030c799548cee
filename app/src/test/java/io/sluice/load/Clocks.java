package io.sluice.load;

import java.time.Instant;

/** The wall clock in nanoseconds that never steps: read once, carried on by the monotonic clock. */
final class Clocks {

    private static final long OFFSET = wall() - System.nanoTime();

    private Clocks() {}

    static long now() {
        return System.nanoTime() + OFFSET;
    }

    static long nanosOf(Instant at) {
        return at.getEpochSecond() * 1_000_000_000L + at.getNano();
    }

    static void awaitUntil(long moment) throws InterruptedException {
        for (long left = moment - now(); left > 0; left = moment - now()) {
            Thread.sleep(left / 1_000_000, (int) (left % 1_000_000));
        }
    }

    private static long wall() {
        return nanosOf(Instant.now());
    }
}
