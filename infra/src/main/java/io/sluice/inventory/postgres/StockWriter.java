package io.sluice.inventory.postgres;

import static io.sluice.inventory.postgres.Columns.*;

import io.sluice.inventory.Shelf;
import io.sluice.inventory.StockAlert;
import io.sluice.inventory.StockRow;
import io.sluice.inventory.postgres.StockTransactions.Posted;
import io.sluice.log.CanonicalJson;
import io.sluice.postgres.Session;
import io.sluice.postgres.Session.Write;
import io.sluice.shared.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Writes what the decisions of a transaction have changed, each kind of row with one set-based statement. */
final class StockWriter {

    private static final String UPDATE_ROWS = """
            UPDATE stock s SET quantity = r.quantity::numeric, average_cost = r.cost::numeric, movements = r.movements,
                   last_movement_at = r.moved_at::timestamptz, last_issue_at = r.issued_at::timestamptz,
                   version = r.version, updated_at = $11, reorder_threshold = r.reorder::numeric,
                   critical_threshold = r.critical::numeric, max_quantity = r.maximum::numeric, low = r.low
            FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[],
                        $9::bigint[], $10::text[], $12::text[], $13::text[], $14::boolean[])
                 AS r (location_id, part_id, quantity, cost, movements, moved_at, issued_at, version, reorder, critical,
                       maximum, low)
            WHERE s.tenant_id = $1 AND s.location_id = r.location_id AND s.part_id = r.part_id
            """;
    private static final String INSERT_ROWS = """
            INSERT INTO stock (tenant_id, location_id, part_id, part_number, quantity, average_cost, movements, last_movement_at,
                               last_issue_at, version, created_at, updated_at, reorder_threshold, critical_threshold,
                               max_quantity, low)
            SELECT $1, r.location_id, r.part_id, p.part_number, r.quantity::numeric, r.cost::numeric, r.movements,
                   r.moved_at::timestamptz, r.issued_at::timestamptz, r.version, $11, $11, r.reorder::numeric,
                   r.critical::numeric, r.maximum::numeric, r.low
            FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[],
                        $9::bigint[], $10::text[], $12::text[], $13::text[], $14::boolean[])
                 AS r (location_id, part_id, quantity, cost, movements, moved_at, issued_at, version, reorder, critical,
                       maximum, low)
            JOIN part p ON p.tenant_id = $1 AND p.id = r.part_id
            """;
    private static final String ADD_USAGE = """
            INSERT INTO daily_usage AS d (tenant_id, part_id, location_id, day, source, issued, issue_count, returned,
                                          revenue)
            SELECT $1, u.part_id, u.location_id, u.day::date, $9, u.issued::numeric, u.count, u.returned::numeric,
                   u.revenue::numeric
            FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[])
                 AS u (part_id, location_id, day, issued, count, returned, revenue)
            ON CONFLICT (tenant_id, location_id, day, part_id, source) DO UPDATE SET
                issued = d.issued + excluded.issued, issue_count = d.issue_count + excluded.issue_count,
                returned = d.returned + excluded.returned, revenue = d.revenue + excluded.revenue
            """;
    private static final String UPDATE_ALERTS = """
            UPDATE stock_alert a SET status = r.status, quantity = r.quantity::numeric, threshold = r.threshold::numeric,
                   updated_at = r.updated_at::timestamptz, resolved_at = r.resolved_at::timestamptz,
                   resolution = r.resolution, acknowledged_by = r.by, acknowledged_at = r.acknowledged_at::timestamptz,
                   note = r.note, version = r.version
            FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                        $10::text[], $11::text[], $12::bigint[])
                 AS r (id, status, quantity, threshold, updated_at, resolved_at, resolution, by, acknowledged_at, note,
                       version)
            WHERE a.tenant_id = $1 AND a.id = r.id
            """;
    private static final String INSERT_ALERTS = """
            INSERT INTO stock_alert (tenant_id, id, level, status, location_id, part_id, quantity, threshold,
                                     raised_from_id, opened_at, updated_at, resolved_at, resolution, version)
            SELECT $1, r.id, r.level, r.status, r.location_id, r.part_id, r.quantity::numeric, r.threshold::numeric,
                   r.raised_from::uuid, r.opened_at::timestamptz, r.updated_at::timestamptz, r.resolved_at::timestamptz,
                   r.resolution, r.version
            FROM unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::text[],
                        $10::text[], $11::text[], $12::text[], $13::text[], $14::bigint[])
                 AS r (id, level, status, location_id, part_id, quantity, threshold, raised_from, opened_at, updated_at,
                       resolved_at, resolution, version)
            """;
    private static final String INSERT_MOVEMENTS = """
            INSERT INTO movement (tenant_id, id, location_id, part_id, type, change, balance_after, unit_cost, unit_price,
                                  currency, reason, note, reference_type, reference_id, customer, occurred_at,
                                  recorded_at, actor, position, reverses_id, key, metadata)
            SELECT $1, m.id, m.location_id, m.part_id, m.type, m.change::numeric, m.balance::numeric, m.cost::numeric,
                   m.price::numeric, m.currency, m.reason, m.note, m.ref_type, m.ref_id, m.customer,
                   m.occurred_at::timestamptz, $2, m.actor, m.position, m.reverses::uuid, m.key, m.metadata::jsonb
            FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
                        $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[],
                        $18::text[], $19::bigint[], $20::text[], $21::text[], $22::text[])
                 AS m (id, location_id, part_id, type, change, balance, cost, price, currency, reason, note, ref_type,
                       ref_id, customer, occurred_at, actor, position, reverses, key, metadata)
            """;

    private StockWriter() {}

    /** New state of rows and alerts, without movements. */
    static Mono<Void> writeRows(Session session, Shelf shelf) {
        TenantId tenant = session.caller().tenant();
        return writeAlerts(session, shelf).then(Mono.defer(() -> session.together(rows(tenant, shelf))));
    }

    static Mono<Void> writeAlerts(Session session, Shelf shelf) {
        return Flux.fromIterable(alerts(session.caller().tenant(), shelf))
                .concatMap(write -> session.together(List.of(write)))
                .then();
    }

    /** One after the other: an alert that is resolved makes room for one that is opened. */
    static List<Write> alerts(TenantId tenant, Shelf shelf) {
        List<Write> writes = new ArrayList<>();
        updateAlerts(tenant, shelf.updatedAlerts(), writes);
        insertAlerts(tenant, shelf.openedAlerts(), writes);
        return writes;
    }

    /** New state of rows. */
    static List<Write> rows(TenantId tenant, Shelf shelf) {
        List<Write> writes = new ArrayList<>();
        rows(tenant, UPDATE_ROWS, shelf.changedRows(), shelf, writes);
        rows(tenant, INSERT_ROWS, shelf.newRows(), shelf, writes);
        return writes;
    }

    private static void rows(TenantId tenant, String sql, List<StockRow> rows, Shelf shelf, List<Write> writes) {
        if (rows.isEmpty()) {
            return;
        }
        writes.add(new Write(
                sql,
                tenant.value(),
                uuids(rows, row -> row.key().location()),
                uuids(rows, row -> row.key().part()),
                texts(rows, StockRow::quantity),
                texts(rows, StockRow::averageCost),
                numbers(rows, StockRow::movements),
                texts(rows, StockRow::lastMovementAt),
                texts(rows, StockRow::lastIssueAt),
                numbers(rows, StockRow::version),
                texts(rows, row -> row.own().reorder()),
                shelf.now(),
                texts(rows, row -> row.own().critical()),
                texts(rows, row -> row.own().maximum()),
                truths(rows, shelf::isLow)));
    }

    static void addUsage(TenantId tenant, String source, List<DayUsage> usage, List<Write> writes) {
        Map<DayUsage.Day, DayUsage> days = new LinkedHashMap<>();
        for (DayUsage one : usage) {
            if (!one.isNothing()) {
                days.merge(one.key(), one, DayUsage::plus);
            }
        }
        if (days.isEmpty()) {
            return;
        }
        List<DayUsage> sums = List.copyOf(days.values());
        writes.add(new Write(
                ADD_USAGE,
                tenant.value(),
                uuids(sums, DayUsage::part),
                uuids(sums, DayUsage::location),
                texts(sums, DayUsage::day),
                texts(sums, DayUsage::issued),
                numbers(sums, DayUsage::count),
                texts(sums, DayUsage::returned),
                texts(sums, DayUsage::revenue),
                source));
    }

    static void updateAlerts(TenantId tenant, List<StockAlert> alerts, List<Write> writes) {
        if (alerts.isEmpty()) {
            return;
        }
        writes.add(new Write(
                UPDATE_ALERTS,
                tenant.value(),
                uuids(alerts, StockAlert::id),
                texts(alerts, StockAlert::status),
                texts(alerts, StockAlert::quantity),
                texts(alerts, StockAlert::threshold),
                texts(alerts, StockAlert::updatedAt),
                texts(alerts, StockAlert::resolvedAt),
                texts(alerts, StockAlert::resolution),
                texts(alerts, StockAlert::acknowledgedBy),
                texts(alerts, StockAlert::acknowledgedAt),
                texts(alerts, StockAlert::note),
                numbers(alerts, StockAlert::version)));
    }

    private static void insertAlerts(TenantId tenant, List<StockAlert> alerts, List<Write> writes) {
        if (alerts.isEmpty()) {
            return;
        }
        writes.add(new Write(
                INSERT_ALERTS,
                tenant.value(),
                uuids(alerts, StockAlert::id),
                texts(alerts, StockAlert::level),
                texts(alerts, StockAlert::status),
                uuids(alerts, alert -> alert.key().location()),
                uuids(alerts, alert -> alert.key().part()),
                texts(alerts, StockAlert::quantity),
                texts(alerts, StockAlert::threshold),
                texts(alerts, StockAlert::raisedFrom),
                texts(alerts, StockAlert::openedAt),
                texts(alerts, StockAlert::updatedAt),
                texts(alerts, StockAlert::resolvedAt),
                texts(alerts, StockAlert::resolution),
                numbers(alerts, StockAlert::version)));
    }

    static void addMovements(TenantId tenant, List<Posted> posted, Instant at, List<Write> writes) {
        if (posted.isEmpty()) {
            return;
        }
        writes.add(new Write(
                INSERT_MOVEMENTS,
                tenant.value(),
                at,
                uuids(posted, it -> it.movement().id()),
                uuids(posted, it -> it.movement().move().location()),
                uuids(posted, it -> it.movement().move().part()),
                texts(posted, it -> it.movement().move().type()),
                texts(posted, it -> it.movement().change()),
                texts(posted, it -> it.movement().balanceAfter()),
                texts(posted, it -> it.movement().move().unitCost()),
                texts(posted, it -> it.movement().unitPrice()),
                texts(posted, it -> it.movement().currency()),
                texts(posted, it -> it.movement().move().reason()),
                texts(posted, it -> it.movement().move().note()),
                texts(posted, StockWriter::referenceType),
                texts(posted, StockWriter::referenceId),
                texts(posted, it -> it.movement().move().customer()),
                texts(posted, it -> it.movement().occurredAt()),
                texts(posted, it -> it.caller().actor().id()),
                numbers(posted, Posted::position),
                texts(posted, it -> it.movement().move().reversed()),
                texts(posted, StockWriter::lineKey),
                texts(posted, StockWriter::metadata)));
    }

    private static @Nullable Object referenceType(Posted posted) {
        var reference = posted.movement().move().reference();
        return reference == null ? null : reference.type();
    }

    private static @Nullable Object referenceId(Posted posted) {
        var reference = posted.movement().move().reference();
        return reference == null ? null : reference.id();
    }

    private static @Nullable Object lineKey(Posted posted) {
        var once = posted.movement().move().once();
        return once == null ? null : once.key();
    }

    private static @Nullable Object metadata(Posted posted) {
        var metadata = posted.movement().move().metadata();
        return metadata == null ? null : CanonicalJson.write(metadata);
    }
}
