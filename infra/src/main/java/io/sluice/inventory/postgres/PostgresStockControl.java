package io.sluice.inventory.postgres;

import static io.sluice.postgres.Rows.uuid;

import io.r2dbc.spi.Readable;
import io.sluice.inventory.Shelf;
import io.sluice.inventory.StockAlert;
import io.sluice.inventory.StockControl;
import io.sluice.inventory.StockEvents;
import io.sluice.inventory.StockKey;
import io.sluice.inventory.Thresholds;
import io.sluice.log.Event;
import io.sluice.log.EventType;
import io.sluice.log.Ledger;
import io.sluice.log.postgres.Appender;
import io.sluice.postgres.Database;
import io.sluice.postgres.Session;
import io.sluice.postgres.Session.Write;
import io.sluice.shared.Problem;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Thresholds and alerts, under the same lock as movements: the head's, which is taken before rows are read. */
final class PostgresStockControl implements StockControl {

    private static final String ALERTING_ROWS = """
            SELECT s.location_id, s.part_id FROM stock s
            JOIN part p ON p.tenant_id = $1 AND p.id = s.part_id
            LEFT JOIN category c ON c.tenant_id = $1 AND c.id = p.category_id
            WHERE s.tenant_id = $1 AND %s = $2 AND (s.low OR EXISTS (
                SELECT FROM stock_alert a
                WHERE a.tenant_id = $1 AND a.location_id = s.location_id AND a.part_id = s.part_id
                  AND a.status <> 'RESOLVED'))
            """;
    /** By the thresholds of part and category as they are now: at most the higher, since what is critical is low, too. */
    private static final String MARK_LOW = """
            UPDATE stock s SET low = now.low
            FROM (SELECT s.location_id, s.part_id, coalesce(s.quantity <= greatest(""" + SelectRows.REORDER + ", " + SelectRows.CRITICAL + """
            ), false) AS low
                  FROM stock s JOIN part p ON p.tenant_id = $1 AND p.id = s.part_id
                  LEFT JOIN category c ON c.tenant_id = $1 AND c.id = p.category_id
                  WHERE s.tenant_id = $1 AND %s = $2) now
            WHERE s.tenant_id = $1 AND s.location_id = now.location_id AND s.part_id = now.part_id AND s.low <> now.low
            """;

    private final Database database;
    private final Ledger ledger;
    private final Clock clock;

    PostgresStockControl(Database database, Ledger ledger, Clock clock) {
        this.database = database;
        this.ledger = ledger;
        this.clock = clock;
    }

    @Override
    public Mono<Void> configure(StockKey key, long version, UnaryOperator<Thresholds> change) {
        return database.withSession(
                session -> Shelves.lock(session, new TreeSet<>(List.of(key)), List.of(), clock.instant())
                        .flatMap(locked -> configure(session, locked.shelf(), key, version, change)));
    }

    private Mono<Void> configure(
            Session session, Shelf shelf, StockKey key, long version, UnaryOperator<Thresholds> change) {
        if (shelf.location(key.location()) == null || shelf.part(key.part()) == null) {
            return Mono.error(new Problem.NotFound("stock row", key.location() + "/" + key.part()));
        }
        long present = shelf.row(key).version();
        if (present != version) {
            return Mono.error(new Problem.Stale(present));
        }
        List<Event> events = shelf.configure(key, change.apply(shelf.row(key).own()));
        return store(session, shelf, events);
    }

    private Mono<Void> store(Session session, Shelf shelf, List<Event> events) {
        return StockWriter.writeRows(session, shelf)
                .thenMany(Flux.fromIterable(events).concatMap(ledger::append))
                .then();
    }

    @Override
    public Mono<Void> evaluatePart(UUID part) {
        return database.withSession(session -> evaluate(session, "p.id", part));
    }

    @Override
    public Mono<Void> evaluateCategory(UUID category) {
        return database.withSession(session -> evaluate(session, "p.category_id", category));
    }

    private Mono<Void> evaluate(Session session, String column, UUID id) {
        UUID tenant = session.caller().tenant().value();
        return Appender.lockHead(session)
                .then(session.update(MARK_LOW.formatted(column), tenant, id))
                .thenMany(session.all(ALERTING_ROWS.formatted(column), PostgresStockControl::toKey, tenant, id))
                .collect(Collectors.toCollection(TreeSet::new))
                .flatMap(keys -> keys.isEmpty() ? Mono.empty() : evaluate(session, keys));
    }

    private Mono<Void> evaluate(Session session, TreeSet<StockKey> keys) {
        return Shelves.lock(session, keys, List.of(), clock.instant())
                .map(Shelves.Loaded::shelf)
                .flatMap(shelf -> store(
                        session,
                        shelf,
                        keys.stream()
                                .flatMap(key -> shelf.evaluate(key).stream())
                                .toList()));
    }

    private static StockKey toKey(Readable row) {
        return new StockKey(uuid(row, "location_id"), uuid(row, "part_id"));
    }

    @Override
    public Mono<StockAlert> decide(UUID alert, Predicate<UUID> visible, Decision decision) {
        return database.withSession(session -> lockedAlert(session, alert)
                .filter(it -> visible.test(it.key().location()))
                .switchIfEmpty(Mono.error(() -> new Problem.NotFound("alert", alert)))
                .flatMap(before -> store(session, before, decided(before, decision, clock.instant()))));
    }

    private static Mono<StockAlert> lockedAlert(Session session, UUID alert) {
        UUID tenant = session.caller().tenant().value();
        return Appender.lockHead(session)
                .then(session.one(
                        "SELECT * FROM stock_alert WHERE tenant_id = $1 AND id = $2", Shelves::toAlert, tenant, alert));
    }

    private static StockAlert decided(StockAlert before, Decision decision, Instant now) {
        return switch (decision) {
            case Decision.Acknowledge(String by, String note) -> before.acknowledge(by, note, now);
            case Decision.Resolve(String note) -> before.resolveByHand(note, now);
        };
    }

    private Mono<StockAlert> store(Session session, StockAlert before, StockAlert after) {
        if (before.equals(after)) {
            return Mono.just(after);
        }
        EventType type = after.status() == StockAlert.Status.RESOLVED
                ? StockEvents.ALERT_RESOLVED
                : StockEvents.ALERT_ACKNOWLEDGED;
        List<Write> writes = new ArrayList<>(1);
        StockWriter.updateAlerts(session.caller().tenant(), List.of(after), writes);
        return session.together(writes)
                .then(ledger.append(StockEvents.alert(type, after, null)))
                .thenReturn(after);
    }
}
