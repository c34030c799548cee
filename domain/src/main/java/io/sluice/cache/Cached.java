package io.sluice.cache;

import java.util.Locale;

/** A value, and where it came from. */
public record Cached<T>(T value, Level level) {

    /** The node's memory, the cluster's cache, the loader, or the loader because the cache was not asked. */
    public enum Level {
        L1,
        L2,
        MISS,
        BYPASS;

        private final String word = name().toLowerCase(Locale.ROOT);

        /** As {@code X-Cache} and the metrics write it. */
        public String word() {
            return word;
        }
    }
}
