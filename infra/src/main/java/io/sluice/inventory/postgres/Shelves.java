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
import io.sluice.log.postgres.Appender;
import io.sluice.log.postgres.Appender.LockedHead;
import io.sluice.postgres.Session;
import io.sluice.shared.Quantity;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Loads shelves: locks the wished rows in one order, then the head, and brings what decisions need. */
final class Shelves {

    private static final String ROWS = """
            SELECT s.location_id, s.part_id, s.quantity, s.held, s.reserved, s.average_cost, s.obsolete, s.movements,
                   s.last_movement_at, s.last_issue_at, s.version, s.reorder_threshold AS s_reorder,
                   s.critical_threshold AS s_critical, s.max_quantity AS s_max
            FROM unnest($2::uuid[], $3::uuid[]) AS w (location_id, part_id)
            JOIN stock s USING (location_id, part_id)
            WHERE s.tenant_id = $1 ORDER BY s.location_id, s.part_id FOR UPDATE OF s
            """;
    // After the rows: a statement sees what was there when it began, and the locks may have been waited for. Not one
    // statement with them: the planner takes the locked rows for one, and joins them in a nested loop. The limit keeps
    // the keys a look-up for each: as a join, the planner soon prefers to read all keys of the tenant.
    private static final String FACTS = """
            WITH log AS (SELECT head, head_hash, head_at FROM tenant_log WHERE tenant_id = $1 FOR UPDATE)
            SELECT log.head, log.head_hash, log.head_at,
                   EXISTS (SELECT FROM unnest($4::text[], $5::text[]) AS k (scope, key)
                           CROSS JOIN LATERAL (SELECT FROM command_key
                                               WHERE tenant_id = $1 AND scope = k.scope AND key = k.key LIMIT 1) c
                          ) AS taken,
                   w.location_id, w.part_id,
                   l.code AS location_code, l.active AS location_active, l.time_zone, l.currency AS location_currency,
                   p.part_number, p.type, p.status, p.base_unit, p.decimals, p.price, p.standard_cost, p.currency,
                   p.reorder_threshold AS p_reorder, p.critical_threshold AS p_critical, p.max_quantity AS p_max,
                   c.path, c.reorder_threshold AS c_reorder, c.critical_threshold AS c_critical, c.max_quantity AS c_max,
                   a.id AS a_id, a.level AS a_level, a.status AS a_status, a.quantity AS a_quantity,
                   a.threshold AS a_threshold, a.raised_from_id AS a_raised_from_id, a.opened_at AS a_opened_at,
                   a.updated_at AS a_updated_at, a.acknowledged_by AS a_acknowledged_by,
                   a.acknowledged_at AS a_acknowledged_at, a.note AS a_note, a.resolved_at AS a_resolved_at,
                   a.resolution AS a_resolution, a.version AS a_version
            FROM log
            LEFT JOIN unnest($2::uuid[], $3::uuid[]) AS w (location_id, part_id) ON true
            LEFT JOIN location l ON l.tenant_id = $1 AND l.id = w.location_id
            LEFT JOIN part p ON p.tenant_id = $1 AND p.id = w.part_id
            LEFT JOIN category c ON c.tenant_id = $1 AND c.id = p.category_id
            LEFT JOIN stock_alert a ON a.tenant_id = $1 AND a.location_id = w.location_id AND a.part_id = w.part_id
                AND a.kind = 'LOW_STOCK' AND a.status <> 'RESOLVED'
            """;
    private static final String KEYS = """
            SELECT c.* FROM unnest($2::text[], $3::text[]) AS k (scope, key)
            CROSS JOIN LATERAL (
                SELECT scope, key, digest, status, answer, etag, location, position FROM command_key
                WHERE tenant_id = $1 AND scope = k.scope AND key = k.key LIMIT 1) c
            """;

    private Shelves() {}

    /** A shelf whose rows are locked, and the tenant's head, locked after them. */
    record Locked(Shelf shelf, LockedHead head) {}

    private record Facts(
            LockedHead head,
            boolean taken,
            @Nullable LocationFacts location,
            @Nullable PartFacts part,
            @Nullable StockAlert alert) {}

    private record Taken(String name, Shelf.Kept kept) {}

    static Mono<Locked> load(Session session, SortedSet<StockKey> keys, List<OnceKey> once, Instant now) {
        List<StockKey> wanted = List.copyOf(keys);
        UUID[] locations = Columns.uuids(wanted, StockKey::location);
        UUID[] parts = Columns.uuids(wanted, StockKey::part);
        UUID tenant = session.caller().tenant().value();
        String[] scopes = once.stream().map(OnceKey::scope).toArray(String[]::new);
        String[] names = once.stream().map(OnceKey::key).toArray(String[]::new);
        return session.all(ROWS, Shelves::toRow, tenant, locations, parts)
                .collectList()
                .flatMap(rows -> session.all(FACTS, Shelves::toFacts, tenant, locations, parts, scopes, names)
                        .collectList()
                        .flatMap(facts ->
                                taken(session, facts, scopes, names).map(taken -> toLocked(rows, facts, taken, now))));
    }

    private static Mono<List<Taken>> taken(Session session, List<Facts> facts, String[] scopes, String[] names) {
        return facts.getFirst().taken()
                ? session.all(KEYS, Shelves::toTaken, session.caller().tenant().value(), scopes, names)
                        .collectList()
                : Mono.just(List.of());
    }

    private static Locked toLocked(List<StockRow> rows, List<Facts> facts, List<Taken> taken, Instant now) {
        Map<StockKey, StockRow> stock = new HashMap<>();
        Map<UUID, PartFacts> parts = new HashMap<>();
        Map<UUID, LocationFacts> locations = new HashMap<>();
        List<StockAlert> alerts = new ArrayList<>();
        rows.forEach(row -> stock.put(row.key(), row));
        for (Facts loaded : facts) {
            if (loaded.part() != null) {
                parts.put(loaded.part().id(), loaded.part());
            }
            if (loaded.location() != null) {
                locations.put(loaded.location().id(), loaded.location());
            }
            if (loaded.alert() != null) {
                alerts.add(loaded.alert());
            }
        }
        Map<String, Shelf.Kept> kept = new HashMap<>();
        taken.forEach(it -> kept.put(it.name(), it.kept()));
        return new Locked(
                new Shelf(stock, parts, locations, alerts, kept, now),
                facts.getFirst().head());
    }

    private static Facts toFacts(Readable row) {
        return new Facts(
                Appender.toLockedHead(row),
                truth(row, "taken"),
                maybeText(row, "location_code") == null ? null : toLocation(uuid(row, "location_id"), row),
                maybeText(row, "part_number") == null ? null : toPart(uuid(row, "part_id"), row),
                maybeUuid(row, "a_id") == null ? null : toAlert(row, "a_"));
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

    /** From a row of {@code stock_alert}. */
    static StockAlert toAlert(Readable row) {
        return toAlert(row, "");
    }

    private static StockAlert toAlert(Readable row, String prefix) {
        String resolution = maybeText(row, prefix + "resolution");
        return new StockAlert(
                uuid(row, prefix + "id"),
                new StockKey(uuid(row, "location_id"), uuid(row, "part_id")),
                StockAlert.Level.valueOf(text(row, prefix + "level")),
                StockAlert.Status.valueOf(text(row, prefix + "status")),
                quantity(row, prefix + "quantity"),
                quantity(row, prefix + "threshold"),
                maybeUuid(row, prefix + "raised_from_id"),
                instant(row, prefix + "opened_at"),
                instant(row, prefix + "updated_at"),
                maybeText(row, prefix + "acknowledged_by"),
                maybeInstant(row, prefix + "acknowledged_at"),
                maybeText(row, prefix + "note"),
                maybeInstant(row, prefix + "resolved_at"),
                resolution == null ? null : StockAlert.Resolution.valueOf(resolution),
                number(row, prefix + "version"));
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
