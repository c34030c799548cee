package io.sluice.inventory.postgres;

import io.r2dbc.spi.Readable;
import io.sluice.log.Caller;
import io.sluice.log.Snapshots;
import io.sluice.log.Topic;
import io.sluice.postgres.Database;
import io.sluice.postgres.Rows;
import io.sluice.postgres.Session;
import io.sluice.shared.TenantId;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.util.context.Context;

/** Snapshots of topics: rows of a location or part, unresolved alerts of the feed, all of one database snapshot. */
final class PostgresSnapshots implements Snapshots {

    private static final int ITEMS_A_PART = 500;
    private static final String ROWS = """
            SELECT json_build_object('locationId', s.location_id, 'partId', s.part_id, 'partNumber', s.part_number,
                       'newQuantity', trim_scale(s.quantity), 'held', trim_scale(s.held),
                       'reserved', trim_scale(s.reserved),
                       'available', trim_scale(s.quantity - s.held - s.reserved), 'version', s.version)::text AS item
            FROM stock s WHERE s.tenant_id = $1 AND ($2::uuid[] IS NULL OR s.location_id = ANY ($2::uuid[]))
            """;
    private static final String ALERTS = """
            SELECT json_build_object('alertId', a.id, 'kind', a.kind, 'level', a.level, 'status', a.status,
                       'locationId', a.location_id, 'partId', a.part_id, 'quantity', trim_scale(a.quantity),
                       'threshold', trim_scale(a.threshold), 'raisedFromId', a.raised_from_id,
                       'openedAt', a.opened_at)::text AS item
            FROM stock_alert a WHERE a.tenant_id = $1 AND ($2::uuid[] IS NULL OR a.location_id = ANY ($2::uuid[]))
            """;
    private static final String JOB = """
            SELECT json_build_object('importId', i.id, 'resource', i.resource, 'state', i.state,
                       'counters', i.counters, 'result', i.result)::text AS item
            FROM import i WHERE i.tenant_id = $1 AND ($2::uuid[] IS NULL OR true) AND i.id = $3
            """;

    private static final String INBOX = """
            SELECT json_build_object('notificationId', n.id, 'type', n.type, 'severity', n.severity, 'title', n.title,
                       'message', n.message, 'data', n.data, 'subject', n.subject, 'createdAt', n.created_at)::text AS item
            FROM notification n WHERE n.tenant_id = $1 AND ($2::uuid[] IS NULL OR true) AND n.account_id = $3
              AND n.read_at IS NULL ORDER BY n.id DESC LIMIT 50
            """;

    private final Database database;

    PostgresSnapshots(Database database) {
        this.database = database;
    }

    @Override
    public Flux<Part> of(TenantId tenant, List<Topic> topics, @Nullable Set<UUID> locations) {
        UUID[] scope = locations == null ? null : locations.toArray(UUID[]::new);
        return database.snapshot(session -> session.one(
                                "SELECT head FROM tenant_log WHERE tenant_id = $1",
                                row -> Rows.number(row, "head"),
                                tenant.value())
                        .flatMapMany(position -> Flux.fromIterable(topics)
                                .concatMap(topic -> parts(topic, position, items(session, topic, scope)), 0)))
                .contextWrite(Context.of(Caller.class, Caller.system(tenant, "snapshot")));
    }

    private static Flux<Part> parts(Topic topic, long position, Flux<String> items) {
        return items.buffer(ITEMS_A_PART)
                .map(some -> new Part(topic, position, some, false))
                .concatWithValues(new Part(topic, position, List.of(), true));
    }

    private static Flux<String> items(Session session, Topic topic, UUID @Nullable [] scope) {
        UUID tenant = session.caller().tenant().value();
        return switch (topic.kind()) {
            case STOCK ->
                session.query(
                        ALERTS + " AND a.status <> 'RESOLVED' ORDER BY a.id", PostgresSnapshots::item, tenant, scope);
            case LOCATION ->
                topic.isWildcard()
                        ? session.query(
                                ROWS + " ORDER BY s.location_id, s.part_number", PostgresSnapshots::item, tenant, scope)
                        : session.query(
                                ROWS + " AND s.location_id = $3 ORDER BY s.part_number",
                                PostgresSnapshots::item,
                                tenant,
                                scope,
                                topic.uuid());
            case PART ->
                topic.isWildcard()
                        ? session.query(
                                ROWS + " ORDER BY s.part_number, s.location_id", PostgresSnapshots::item, tenant, scope)
                        : session.query(
                                ROWS + " AND s.part_id = $3 ORDER BY s.location_id",
                                PostgresSnapshots::item,
                                tenant,
                                scope,
                                topic.uuid());
            case ALERT ->
                topic.isWildcard()
                        ? session.query(
                                ALERTS + " AND a.status <> 'RESOLVED' ORDER BY a.id",
                                PostgresSnapshots::item,
                                tenant,
                                scope)
                        : session.query(
                                ALERTS + " AND a.id = $3", PostgresSnapshots::item, tenant, scope, topic.uuid());
            case JOB ->
                topic.isWildcard()
                        ? Flux.empty()
                        : session.query(JOB, PostgresSnapshots::item, tenant, scope, topic.uuid());
            case USER ->
                topic.isWildcard()
                        ? Flux.empty()
                        : session.query(INBOX, PostgresSnapshots::item, tenant, scope, topic.uuid());
            case TENANT, SYSTEM, ROLE, CATEGORY -> Flux.empty();
        };
    }

    private static String item(Readable row) {
        return Rows.text(row, "item");
    }
}
