package io.sluice.inventory.postgres;

import io.sluice.inventory.LocationFacts;
import io.sluice.inventory.PartFacts;
import io.sluice.inventory.Shelf;
import io.sluice.inventory.StockAlert;
import io.sluice.inventory.StockKey;
import io.sluice.inventory.StockRow;
import io.sluice.log.postgres.Appender.Head;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.UUID;

/**
 * Rows of one tenant as the last group has left them. Whatever changes a row, its part, its place or its alerts appends
 * an event, so all of it holds for as long as the log's head does: a decision on it is proved right when the head moves
 * on from there. Confined to the transaction that took it; one that fails throws it away.
 */
final class Warm {

    /** The rows touched last are kept. */
    private static final int MOST_ROWS = 20_000;

    private record Known(StockRow row, PartFacts part, LocationFacts location, List<StockAlert> unresolved) {}

    private final Head head;
    private final SequencedMap<StockKey, Known> rows;

    private Warm(Head head, SequencedMap<StockKey, Known> rows) {
        this.head = head;
        this.rows = rows;
    }

    static Warm empty(Head head) {
        return new Warm(head, new LinkedHashMap<>(16, 0.75f, true));
    }

    Head head() {
        return head;
    }

    int size() {
        return rows.size();
    }

    List<StockKey> missing(Collection<StockKey> wanted) {
        return wanted.stream().filter(key -> !rows.containsKey(key)).toList();
    }

    /** The wanted rows, of which none is missing or has stayed unknown when it was looked up. */
    Shelf shelf(Collection<StockKey> wanted, Map<String, Shelf.Kept> kept, Instant now) {
        Map<StockKey, StockRow> stored = new HashMap<>();
        Map<UUID, PartFacts> parts = new HashMap<>();
        Map<UUID, LocationFacts> locations = new HashMap<>();
        List<StockAlert> unresolved = new ArrayList<>();
        for (StockKey key : wanted) {
            Known known = rows.get(key);
            if (known != null) {
                if (known.row().version() > 0) {
                    stored.put(key, known.row());
                }
                parts.put(key.part(), known.part());
                locations.put(key.location(), known.location());
                unresolved.addAll(known.unresolved());
            }
        }
        return new Shelf(stored, parts, locations, unresolved, kept, now);
    }

    /** With the rows as they are on the shelf. What is not known there stays unknown: it may come to be. */
    Warm with(Shelf shelf, Collection<StockKey> touched) {
        for (StockKey key : touched) {
            PartFacts part = shelf.part(key.part());
            LocationFacts location = shelf.location(key.location());
            if (part != null && location != null) {
                rows.put(key, new Known(shelf.row(key), part, location, shelf.unresolvedAlerts(key)));
            }
        }
        while (rows.size() > MOST_ROWS) {
            rows.pollFirstEntry();
        }
        return this;
    }

    Warm at(Head next) {
        return new Warm(next, rows);
    }
}
