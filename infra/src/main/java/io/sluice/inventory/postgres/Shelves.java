package io.sluice.inventory.postgres;

import static io.sluice.postgres.Rows.*;

import io.r2dbc.spi.Readable;
import io.sluice.inventory.LocationFacts;
import io.sluice.inventory.Part;
import io.sluice.inventory.PartFacts;
import io.sluice.inventory.Shelf;
import io.sluice.inventory.StockAlert;
import io.sluice.inventory.StockKey;
import io.sluice.inventory.StockRow;
import io.sluice.inventory.Thresholds;
import io.sluice.log.OnceKey;
import io.sluice.log.StoredAnswer;
import io.sluice.postgres.Session;
import io.sluice.shared.Quantity;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Loads shelves: locks the wished rows in one order and brings what decisions need, in statements sent together. */
final class Shelves {

    private static final String ROWS =
            """
            SELECT s.location_id, s.part_id, s.quantity, s.held, s.reserved, s.average_cost, s.obsolete, s.movements,
                   s.last_movement_at, s.last_issue_at, s.version, s.reorder_threshold AS s_reorder,
                   s.critical_threshold AS s_critical, s.max_quantity AS s_max
            FROM unnest($2::uuid[], $3::uuid[]) AS w (location_id, part_id)
            JOIN stock s USING (location_id, part_id)
            WHERE s.tenant_id = $1 ORDER BY s.location_id, s.part_id FOR UPDATE OF s
            """;
    // Not one statement with the rows: the planner takes the locked rows for one, and joins them in a nested loop.
    private static final String FACTS =
            """
            SELECT w.location_id, w.part_id,
                   l.code AS location_code, l.active AS location_active, l.time_zone, l.currency AS location_currency,
                   p.part_number, p.type, p.status, p.base_unit, p.decimals, p.price, p.standard_cost, p.currency,
                   p.reorder_threshold AS p_reorder, p.critical_threshold AS p_critical, p.max_quantity AS p_max,
                   c.path, c.reorder_threshold AS c_reorder, c.critical_threshold AS c_critical, c.max_quantity AS c_max
            FROM unnest($2::uuid[], $3::uuid[]) AS w (location_id, part_id)
            LEFT JOIN location l ON l.tenant_id = $1 AND l.id = w.location_id
            LEFT JOIN part p ON p.tenant_id = $1 AND p.id = w.part_id
            LEFT JOIN category c ON c.tenant_id = $1 AND c.id = p.category_id
            """;
    private static final String ALERTS =
            """
            SELECT a.* FROM stock_alert a
            JOIN unnest($2::uuid[], $3::uuid[]) AS w (location_id, part_id) USING (location_id, part_id)
            WHERE a.tenant_id = $1 AND a.kind = 'LOW_STOCK' AND a.status <> 'RESOLVED'
            """;
    // The limit keeps it a look-up for each key: as a join, the planner soon prefers to read all keys of the tenant.
    private static final String KEYS =
            """
            SELECT c.* FROM unnest($2::text[], $3::text[]) AS k (scope, key)
            CROSS JOIN LATERAL (
                SELECT scope, key, digest, status, answer, etag, location, position FROM command_key
                WHERE tenant_id = $1 AND scope = k.scope AND key = k.key LIMIT 1) c
            """;

    private Shelves() {}

    private record Facts(StockKey key, @Nullable LocationFacts location, @Nullable PartFacts part) {}

    private record Taken(String name, Shelf.Kept kept) {}

    /** Alerts are read once the rows are locked, so that nobody else can be changing them. */
    static Mono<Shelf> load(Session session, SortedSet<StockKey> keys, List<OnceKey> once, Instant now) {
        List<StockKey> wanted = List.copyOf(keys);
        UUID tenant = session.caller().tenant().value();
        UUID[] locations = Columns.uuids(wanted, StockKey::location);
        UUID[] parts = Columns.uuids(wanted, StockKey::part);
        Mono<List<StockRow>> rows =
                session.all(ROWS, Shelves::toRow, tenant, locations, parts).collectList();
        Mono<List<Facts>> facts =
                session.all(FACTS, Shelves::toFacts, tenant, locations, parts).collectList();
        Mono<List<StockAlert>> alerts = session.all(ALERTS, Shelves::toAlert, tenant, locations, parts)
                .collectList();
        return Mono.zip(rows, facts, alerts, taken(session, once))
                .map(all -> toShelf(all.getT1(), all.getT2(), all.getT3(), all.getT4(), now));
    }

    private static Mono<List<Taken>> taken(Session session, List<OnceKey> once) {
        if (once.isEmpty()) {
            return Mono.just(List.of());
        }
        String[] scopes = once.stream().map(OnceKey::scope).toArray(String[]::new);
        String[] names = once.stream().map(OnceKey::key).toArray(String[]::new);
        return session.all(KEYS, Shelves::toTaken, session.caller().tenant().value(), scopes, names)
                .collectList();
    }

    private static Shelf toShelf(
            List<StockRow> rows, List<Facts> facts, List<StockAlert> alerts, List<Taken> taken, Instant now) {
        Map<StockKey, StockRow> stock = new HashMap<>();
        Map<UUID, PartFacts> parts = new HashMap<>();
        Map<UUID, LocationFacts> locations = new HashMap<>();
        rows.forEach(row -> stock.put(row.key(), row));
        for (Facts loaded : facts) {
            if (loaded.part() != null) {
                parts.put(loaded.key().part(), loaded.part());
            }
            if (loaded.location() != null) {
                locations.put(loaded.key().location(), loaded.location());
            }
        }
        Map<String, Shelf.Kept> kept = new HashMap<>();
        taken.forEach(it -> kept.put(it.name(), it.kept()));
        return new Shelf(stock, parts, locations, alerts, kept, now);
    }

    private static Facts toFacts(Readable row) {
        var key = new StockKey(uuid(row, "location_id"), uuid(row, "part_id"));
        return new Facts(
                key,
                maybeText(row, "location_code") == null ? null : toLocation(key.location(), row),
                maybeText(row, "part_number") == null ? null : toPart(key.part(), row));
    }

    private static LocationFacts toLocation(UUID id, Readable row) {
        return new LocationFacts(
                id,
                text(row, "location_code"),
                truth(row, "location_active"),
                ZoneId.of(text(row, "time_zone")),
                text(row, "location_currency"));
    }

    private static PartFacts toPart(UUID id, Readable row) {
        List<UUID> path = maybeUuids(row, "path");
        return new PartFacts(
                id,
                text(row, "part_number"),
                Part.Type.valueOf(text(row, "type")),
                Part.Status.valueOf(text(row, "status")),
                text(row, "base_unit"),
                integer(row, "decimals"),
                maybeDecimal(row, "price"),
                maybeDecimal(row, "standard_cost"),
                text(row, "currency"),
                path == null ? List.of() : path,
                toThresholds(row, "p"),
                toThresholds(row, "c"));
    }

    private static StockRow toRow(Readable row) {
        return new StockRow(
                new StockKey(uuid(row, "location_id"), uuid(row, "part_id")),
                quantity(row, "quantity"),
                quantity(row, "held"),
                quantity(row, "reserved"),
                maybeDecimal(row, "average_cost"),
                truth(row, "obsolete"),
                toThresholds(row, "s"),
                number(row, "movements"),
                maybeInstant(row, "last_movement_at"),
                maybeInstant(row, "last_issue_at"),
                number(row, "version"));
    }

    private static Thresholds toThresholds(Readable row, String prefix) {
        Quantity reorder = maybeQuantity(row, prefix + "_reorder");
        Quantity critical = maybeQuantity(row, prefix + "_critical");
        Quantity maximum = maybeQuantity(row, prefix + "_max");
        return reorder == null && critical == null && maximum == null
                ? Thresholds.NONE
                : new Thresholds(reorder, critical, maximum);
    }

    static StockAlert toAlert(Readable row) {
        String resolution = maybeText(row, "resolution");
        return new StockAlert(
                uuid(row, "id"),
                new StockKey(uuid(row, "location_id"), uuid(row, "part_id")),
                StockAlert.Level.valueOf(text(row, "level")),
                StockAlert.Status.valueOf(text(row, "status")),
                quantity(row, "quantity"),
                quantity(row, "threshold"),
                maybeUuid(row, "raised_from_id"),
                instant(row, "opened_at"),
                instant(row, "updated_at"),
                maybeText(row, "acknowledged_by"),
                maybeInstant(row, "acknowledged_at"),
                maybeText(row, "note"),
                maybeInstant(row, "resolved_at"),
                resolution == null ? null : StockAlert.Resolution.valueOf(resolution),
                number(row, "version"));
    }

    private static Taken toTaken(Readable row) {
        var answer = new StoredAnswer(
                integer(row, "status"),
                text(row, "answer"),
                maybeText(row, "etag"),
                maybeText(row, "location"),
                number(row, "position"),
                true);
        return new Taken(text(row, "scope") + '\0' + text(row, "key"), new Shelf.Kept(text(row, "digest"), answer));
    }
}
