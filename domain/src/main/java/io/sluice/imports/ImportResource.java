package io.sluice.imports;

import java.util.Locale;
import java.util.Optional;

/** What the lines of a file are. */
public enum ImportResource {
    /** Retail transactions: sales, returns, corrections. */
    RETAIL,
    /** Usage of earlier days, without any effect on stock. */
    CONSUMPTION,
    MOVEMENTS,
    PARTS,
    LOCATIONS,
    CATEGORIES,
    /** Opening stock. */
    STOCK;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** As it stands in paths: {@code retail}. */
    public String word() {
        return word;
    }

    public static Optional<ImportResource> of(String word) {
        for (ImportResource resource : values()) {
            if (resource.word.equals(word)) {
                return Optional.of(resource);
            }
        }
        return Optional.empty();
    }
}
