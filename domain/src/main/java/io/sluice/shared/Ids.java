package io.sluice.shared;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * UUIDv7 (RFC 9562, 5.7, method 1: a counter in {@code rand_a} keeps ids of one process strictly rising within a
 * millisecond).
 */
public final class Ids {

    private static final AtomicLong LAST = new AtomicLong();
    private static final ThreadLocal<RandomGenerator> RANDOM = ThreadLocal.withInitial(
            () -> RandomGeneratorFactory.of("L64X128MixRandom").create(new SecureRandom().nextLong()));

    private static final int LENGTH = 36;

    private Ids() {}

    /**
     * The id that the text writes in full, in either case.
     *
     * @throws IllegalArgumentException when it is any other text
     */
    public static UUID of(String text) {
        // UUID.fromString takes groups that are too short or too long, and signs, too
        if (text.length() != LENGTH) {
            throw new IllegalArgumentException(text);
        }
        for (int i = 0; i < LENGTH; i++) {
            boolean between = i == 8 || i == 13 || i == 18 || i == 23;
            if (between ? text.charAt(i) != '-' : !HexFormat.isHexDigit(text.charAt(i))) {
                throw new IllegalArgumentException(text);
            }
        }
        return UUID.fromString(text);
    }

    /** A new id, greater than every id that this process made before. */
    public static UUID next() {
        long stamp = LAST.updateAndGet(last -> Math.max(last + 1, System.currentTimeMillis() << 12));
        long millis = stamp >>> 12;
        long counter = stamp & 0xFFF;
        long high = millis << 16 | 0x7000L | counter;
        long low = RANDOM.get().nextLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }
}
