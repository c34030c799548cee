package io.sluice.inventory;

import java.util.Comparator;
import java.util.UUID;

/** Which stock row: one location and one part. Ordered as PostgreSQL orders UUIDs, so that locks are taken in one order. */
public record StockKey(UUID location, UUID part) implements Comparable<StockKey> {

    private static final Comparator<UUID> UNSIGNED = Comparator.comparing(
                    UUID::getMostSignificantBits, Long::compareUnsigned)
            .thenComparing(UUID::getLeastSignificantBits, Long::compareUnsigned);

    @Override
    public int compareTo(StockKey other) {
        int byLocation = UNSIGNED.compare(location, other.location);
        return byLocation != 0 ? byLocation : UNSIGNED.compare(part, other.part);
    }
}
