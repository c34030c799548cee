package io.sluice.postgres;

import java.util.Locale;

/** The pools that keep kinds of work from starving each other. */
public enum PoolName {
    COMMANDS(4, 20),
    READS(4, 30),
    JOBS(2, 6),
    OPS(1, 2);

    private final DatabaseSettings.PoolSize size;
    private final String word = name().toLowerCase(Locale.ROOT);

    PoolName(int minimum, int maximum) {
        this.size = new DatabaseSettings.PoolSize(minimum, maximum);
    }

    public String word() {
        return word;
    }

    DatabaseSettings.PoolSize size() {
        return size;
    }
}
