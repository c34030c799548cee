package io.sluice.notifications.postgres;

import static io.sluice.postgres.Rows.*;

import io.r2dbc.spi.Readable;
import io.sluice.inventory.StockAlert;
import io.sluice.log.Caller;
import io.sluice.log.Committed;
import io.sluice.log.Ledger;
import io.sluice.log.LogFollower;
import io.sluice.log.Recorded;
import io.sluice.notifications.LowStockNotice;
import io.sluice.notifications.LowStockNotice.Stage;
import io.sluice.postgres.Database;
import io.sluice.postgres.PoolName;
import io.sluice.postgres.Rows;
import io.sluice.postgres.Session;
import io.sluice.shared.Quantity;
import io.sluice.shared.TenantId;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * Tells people of opened alerts: a cursor over each tenant's log whose position is locked, read and moved in the
 * transaction that writes the notifications, so a killed node neither loses nor doubles one and two nodes do not meet.
 * It follows the movement and can neither delay nor undo it.
 */
final class AlertConsumer implements LogFollower, SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(AlertConsumer.class);
    private static final String OPENED = "stock.alert.opened";
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final int LOOKS_A_ROUND = 150;
    private static final int EVENTS_A_STEP = 200;
    private static final int TENANTS_AT_ONCE = 2;

    private static final String CLAIM =
            "SELECT position FROM consumer WHERE tenant_id = $1 AND name = 'low-stock' FOR UPDATE SKIP LOCKED";

    /** An alert that its critical twin was opened with is told by the twin alone. */
    private static final String NEXT = """
            SELECT e.position, a.id, a.level, a.location_id, l.name AS location_name, a.part_id, p.part_number,
                   p.description, (e.payload ->> 'quantity')::numeric AS quantity,
                   (e.payload ->> 'threshold')::numeric AS threshold,
                   ARRAY(SELECT u.id FROM account u
                         WHERE u.tenant_id = $1 AND u.id = ANY (l.manager_ids) AND u.status = 'ACTIVE') AS managers,
                   ARRAY(SELECT DISTINCT g.account_id FROM role_grant g
                         JOIN account u ON u.tenant_id = $1 AND u.id = g.account_id AND u.status = 'ACTIVE'
                         WHERE g.tenant_id = $1 AND g.role = $4
                           AND (g.locations IS NULL OR l.id = ANY (g.locations))
                           AND (g.valid_from IS NULL OR g.valid_from <= now())
                           AND (g.valid_until IS NULL OR g.valid_until > now())) AS holders
            FROM event e
            JOIN stock_alert a ON a.tenant_id = $1 AND a.id = (e.payload ->> 'alertId')::uuid
            JOIN location l ON l.tenant_id = $1 AND l.id = a.location_id
            JOIN part p ON p.tenant_id = $1 AND p.id = a.part_id
            WHERE e.tenant_id = $1 AND e.position > $2 AND e.position <= $3 AND e.type = 'stock.alert.opened'
              AND NOT EXISTS (SELECT FROM stock_alert c
                              WHERE c.tenant_id = $1 AND c.raised_from_id = a.id AND c.opened_at = a.opened_at)
            ORDER BY e.position
            """;

    /** Critical alerts that were left alone too long, with those of the role who were not told of it yet. */
    private static final String OVERDUE = """
            SELECT * FROM (
                SELECT o.position, a.id, a.level, a.location_id, l.name AS location_name, a.part_id, p.part_number,
                       p.description, a.quantity, a.threshold, '{}'::uuid[] AS managers,
                       ARRAY(SELECT DISTINCT g.account_id FROM role_grant g
                             JOIN account u ON u.tenant_id = $1 AND u.id = g.account_id AND u.status = 'ACTIVE'
                             WHERE g.tenant_id = $1 AND g.role = $3
                               AND (g.locations IS NULL OR l.id = ANY (g.locations))
                               AND (g.valid_from IS NULL OR g.valid_from <= now())
                               AND (g.valid_until IS NULL OR g.valid_until > now())
                               AND NOT EXISTS (SELECT FROM notification n
                                               WHERE n.tenant_id = $1 AND n.account_id = g.account_id
                                                 AND n.event_position = o.position AND n.type = $4)) AS holders
                FROM stock_alert a
                JOIN location l ON l.tenant_id = $1 AND l.id = a.location_id
                JOIN part p ON p.tenant_id = $1 AND p.id = a.part_id
                CROSS JOIN LATERAL (SELECT min(e.position) AS position FROM event e
                                    WHERE e.tenant_id = $1 AND e.subject = 'alert:' || a.id) o
                WHERE a.tenant_id = $1 AND a.level = 'CRITICAL' AND a.status = 'OPEN' AND a.opened_at <= $2) overdue
            WHERE cardinality(holders) > 0 ORDER BY id LIMIT 200
            """;

    private final Database database;
    private final Ledger ledger;
    private final PostgresNotifications notifications;
    private final Clock clock;
    private final Set<TenantId> awaited = ConcurrentHashMap.newKeySet();
    private @Nullable Disposable running;

    AlertConsumer(Database database, Ledger ledger, PostgresNotifications notifications, Clock clock) {
        this.database = database;
        this.ledger = ledger;
        this.notifications = notifications;
        this.clock = clock;
    }

    @Override
    public void passed(TenantId tenant, List<Recorded> events) {
        for (Recorded event : events) {
            if (event.type().equals(OPENED)) {
                awaited.add(tenant);
                return;
            }
        }
    }

    @Override
    public void lost(TenantId tenant) {
        awaited.add(tenant);
    }

    /** Looks for what passed here; every half minute at all tenants, for what a dead node has left. */
    Flux<Void> run() {
        return Flux.interval(LOOK)
                .onBackpressureDrop()
                .concatMap(look -> look % LOOKS_A_ROUND == 0 ? everybody() : Flux.fromIterable(Set.copyOf(awaited)), 1)
                .flatMap(this::told, TENANTS_AT_ONCE);
    }

    private Flux<TenantId> everybody() {
        return database.untenanted(
                        PoolName.OPS,
                        Map.of("app.system", "on"),
                        session -> session.all(
                                "SELECT tenant_id FROM tenant WHERE status = 'ACTIVE'",
                                row -> new TenantId(uuid(row, "tenant_id"))))
                .onErrorResume(error -> {
                    LOG.warn("tenants could not be listed: {}", error.toString());
                    return Flux.empty();
                });
    }

    /** Step by step until nothing is left; a failing tenant waits for the next round and holds up no other. */
    Mono<Void> told(TenantId tenant) {
        awaited.remove(tenant);
        return Mono.defer(() -> ledger.commit(step()))
                .map(Committed::answer)
                .repeat()
                .takeWhile(more -> more)
                .then(Mono.defer(() -> ledger.commit(escalated())))
                .then()
                .contextWrite(Context.of(Caller.class, Caller.system(tenant, "low-stock")))
                .onErrorResume(error -> {
                    LOG.warn("notifications of tenant {} wait: {}", tenant, error.toString());
                    return Mono.empty();
                });
    }

    /** True when there may be more. */
    private Mono<Boolean> step() {
        return database.withSession(session -> claimed(session)
                .flatMap(position -> head(session).flatMap(head -> step(session, position, head)))
                .defaultIfEmpty(false));
    }

    private static Mono<Long> claimed(Session session) {
        UUID tenant = session.caller().tenant().value();
        return session.update(
                        "INSERT INTO consumer (tenant_id, name) VALUES ($1, 'low-stock') ON CONFLICT DO NOTHING",
                        tenant)
                .then(session.one(CLAIM, row -> number(row, "position"), tenant));
    }

    private static Mono<Long> head(Session session) {
        return session.one(
                "SELECT head FROM tenant_log WHERE tenant_id = $1",
                row -> number(row, "head"),
                session.caller().tenant().value());
    }

    private Mono<Boolean> step(Session session, long position, long head) {
        if (position >= head) {
            return Mono.just(false);
        }
        long until = Math.min(head, position + EVENTS_A_STEP * 50L);
        UUID tenant = session.caller().tenant().value();
        return written(session.all(
                        NEXT, row -> toNotice(Stage.OPENED, row), tenant, position, until, Stage.OPENED.role()))
                .then(session.update(
                        "UPDATE consumer SET position = $2, updated_at = now() WHERE tenant_id = $1 AND name = 'low-stock'",
                        tenant,
                        until))
                .thenReturn(until < head);
    }

    private Mono<Void> written(Flux<LowStockNotice> notices) {
        return notices.collectList()
                .flatMapIterable(all -> all)
                .flatMapIterable(notice -> notice.toNotifications(clock.instant()))
                .concatMap(notifications::add)
                .then();
    }

    /** Needs no claim: of two nodes that tell the same at once, the second writes nothing. */
    private Mono<Boolean> escalated() {
        return database.withSession(session -> overdue(session, Stage.FOUR_HOURS)
                .then(overdue(session, Stage.EIGHT_HOURS))
                .thenReturn(true));
    }

    private Mono<Void> overdue(Session session, Stage stage) {
        return written(session.all(
                OVERDUE,
                row -> toNotice(stage, row),
                session.caller().tenant().value(),
                clock.instant().minus(stage.age()),
                stage.role(),
                stage.type()));
    }

    private static LowStockNotice toNotice(Stage stage, Readable row) {
        return new LowStockNotice(
                stage,
                number(row, "position"),
                uuid(row, "id"),
                StockAlert.Level.valueOf(text(row, "level")),
                uuid(row, "location_id"),
                text(row, "location_name"),
                uuid(row, "part_id"),
                text(row, "part_number"),
                text(row, "description"),
                Quantity.of(decimal(row, "quantity")),
                Quantity.of(decimal(row, "threshold")),
                Rows.uuids(row, "managers"),
                Rows.uuids(row, "holders"));
    }

    @Override
    public void start() {
        running = run().subscribe();
    }

    @Override
    public void stop() {
        if (running != null) {
            running.dispose();
            running = null;
        }
    }

    @Override
    public boolean isRunning() {
        return running != null;
    }
}
