package io.sluice.cache;

import java.time.Duration;

/**
 * How long an entry lives, and what the asker wants of the cache.
 *
 * @param life zero: not kept; what is absent or large lives {@link #STANDARD_LIFE} at most
 */
public record CachePolicy(Duration life, Mode mode) {

    public static final Duration STANDARD_LIFE = Duration.ofSeconds(300);
    public static final CachePolicy STANDARD = lasting(STANDARD_LIFE);

    /** NO_CACHE loads and overwrites; NO_STORE neither reads nor writes. */
    public enum Mode {
        NORMAL,
        NO_CACHE,
        NO_STORE
    }

    public CachePolicy {
        if (life.isNegative()) {
            throw new IllegalArgumentException("an entry cannot live for " + life);
        }
    }

    public static CachePolicy lasting(Duration life) {
        return new CachePolicy(life, Mode.NORMAL);
    }

    public CachePolicy in(Mode wanted) {
        return new CachePolicy(life, wanted);
    }

    /** True when what is loaded may be kept at all. */
    public boolean keeps() {
        return mode != Mode.NO_STORE && !life.isZero();
    }
}
