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
import io.sluice.log.postgres.Appender.Head;
import io.sluice.postgres.Session;
import io.sluice.shared.Quantity;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Loads shelves: what decisions about the wished rows need, all as of one head. The lock of a tenant's stock is the lock
 * of its head: whoever changes rows takes it first, so rows need no locks of their own and none waits for another.
 */
final class Shelves {

    // The limit keeps the keys a look-up for each: as a join, the planner soon prefers to read all keys of the tenant.
    private static final String FACTS = """
            SELECT log.head, log.head_hash, log.head_at,
                   EXISTS (SELECT FROM unnest($4::text[], $5::text[]) AS k (scope, key)
                           CROSS JOIN LATERAL (SELECT FROM command_key
                                               WHERE tenant_id = $1 AND scope = k.scope AND key = k.key LIMIT 1) c
                          ) AS taken,
                   w.location_id, w.part_id,
                   s.quantity, s.held, s.reserved, s.average_cost, s.obsolete, s.movements, s.last_movement_at,
                   s.last_issue_at, s.version, s.reorder_threshold AS s_reorder,
                   s.critical_threshold AS s_critical, s.max_quantity AS s_max,
                   l.code AS location_code, l.active AS location_active, l.time_zone, l.currency AS location_currency,
                   p.part_number, p.type, p.status, p.base_unit, p.decimals, p.price, p.standard_cost, p.currency,
                   p.reorder_threshold AS p_reorder, p.critical_threshold AS p_critical, p.max_quantity AS p_max,
                   c.path, c.reorder_threshold AS c_reorder, c.critical_threshold AS c_critical, c.max_quantity AS c_max,
                   a.id AS a_id, a.level AS a_level, a.status AS a_status, a.quantity AS a_quantity,
                   a.threshold AS a_threshold, a.raised_from_id AS a_raised_from_id, a.opened_at AS a_opened_at,
                   a.updated_at AS a_updated_at, a.acknowledged_by AS a_acknowledged_by,
                   a.acknowledged_at AS a_acknowledged_at, a.note AS a_note, a.resolved_at AS a_resolved_at,
                   a.resolution AS a_resolution, a.version AS a_version
            FROM tenant_log log
            LEFT JOIN unnest($2::uuid[], $3::uuid[]) AS w (location_id, part_id) ON true
            LEFT JOIN stock s ON s.tenant_id = $1 AND s.location_id = w.location_id AND s.part_id = w.part_id
            LEFT JOIN location l ON l.tenant_id = $1 AND l.id = w.location_id
            LEFT JOIN part p ON p.tenant_id = $1 AND p.id = w.part_id
            LEFT JOIN category c ON c.tenant_id = $1 AND c.id = p.category_id
            LEFT JOIN stock_alert a ON a.tenant_id = $1 AND a.location_id = w.location_id AND a.part_id = w.part_id
                AND a.kind = 'LOW_STOCK' AND a.status <> 'RESOLVED'
            WHERE log.tenant_id = $1
            """;
    private static final String KEYS = """
            SELECT c.* FROM unnest($2::text[], $3::text[]) AS k (scope, key)
            CROSS JOIN LATERAL (
                SELECT scope, key, digest, status, answer, etag, location, position FROM command_key
                WHERE tenant_id = $1 AND scope = k.scope AND key = k.key LIMIT 1) c
            """;

    private Shelves() {}

    /** A shelf as of a head, with the answers that keys of the commands have already. */
    record Loaded(Shelf shelf, Head head, Map<String, Shelf.Kept> kept) {}

    private record Facts(
            Head head,
            boolean taken,
            @Nullable StockRow row,
            @Nullable LocationFacts location,
            @Nullable PartFacts part,
            @Nullable StockAlert alert) {}

    private record Taken(String name, Shelf.Kept kept) {}

    /** Nobody else changes stock of the tenant until this transaction ends. */
    static Mono<Loaded> lock(Session session, Collection<StockKey> keys, List<OnceKey> once, Instant now) {
        return Appender.lockHead(session).then(Mono.defer(() -> read(session, keys, once, now)));
    }

    /** As of the head that comes with it, which may move on at any time unless its lock is held. */
    static Mono<Loaded> read(Session session, Collection<StockKey> keys, List<OnceKey> once, Instant now) {
        List<StockKey> wanted = List.copyOf(keys);
        UUID[] locations = Columns.uuids(wanted, StockKey::location);
        UUID[] parts = Columns.uuids(wanted, StockKey::part);
        String[] scopes = once.stream().map(OnceKey::scope).toArray(String[]::new);
        String[] names = once.stream().map(OnceKey::key).toArray(String[]::new);
        return session.all(FACTS, Shelves::toFacts, session.caller().tenant().value(), locations, parts, scopes, names)
                .collectList()
                .flatMap(facts -> taken(session, facts, scopes, names).map(taken -> toLoaded(facts, taken, now)));
    }

    private static Mono<List<Taken>> taken(Session session, List<Facts> facts, String[] scopes, String[] names) {
        return facts.getFirst().taken()
                ? session.all(KEYS, Shelves::toTaken, session.caller().tenant().value(), scopes, names)
                        .collectList()
                : Mono.just(List.of());
    }

    private static Loaded toLoaded(List<Facts> facts, List<Taken> taken, Instant now) {
        Map<StockKey, StockRow> stock = new HashMap<>();
        Map<UUID, PartFacts> parts = new HashMap<>();
        Map<UUID, LocationFacts> locations = new HashMap<>();
        List<StockAlert> alerts = new ArrayList<>();
        for (Facts loaded : facts) {
            if (loaded.row() != null) {
                stock.put(loaded.row().key(), loaded.row());
            }
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
        return new Loaded(
                new Shelf(stock, parts, locations, alerts, kept, now),
                facts.getFirst().head(),
                kept);
    }

    private static Facts toFacts(Readable row) {
        return new Facts(
                Appender.toHead(row),
                truth(row, "taken"),
                maybeNumber(row, "version") == null ? null : toRow(row),
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
