package io.sluice.inventory.postgres;

import io.sluice.inventory.Shelf;
import io.sluice.inventory.StockAlert;
import io.sluice.inventory.StockControl;
import io.sluice.inventory.StockEvents;
import io.sluice.inventory.StockKey;
import io.sluice.inventory.Thresholds;
import io.sluice.log.Event;
import io.sluice.log.EventType;
import io.sluice.log.Ledger;
import io.sluice.postgres.Database;
import io.sluice.postgres.Session;
import io.sluice.shared.Problem;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Thresholds and alerts, on the same locked rows as movements. */
final class PostgresStockControl implements StockControl {

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
        return database.withSession(session -> Shelves.load(
                        session, new TreeSet<>(List.of(key)), List.of(), clock.instant())
                .flatMap(shelf -> configure(session, shelf, key, version, change)));
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
        return StockWriter.writeRows(session, shelf)
                .thenMany(Flux.fromIterable(events).concatMap(ledger::append))
                .then();
    }

    @Override
    public Mono<StockAlert> decide(UUID alert, Predicate<UUID> visible, Decision decision) {
        return database.withSession(session -> session.one(
                        "SELECT * FROM stock_alert WHERE tenant_id = $1 AND id = $2 FOR UPDATE",
                        Shelves::toAlert,
                        session.caller().tenant().value(),
                        alert)
                .filter(it -> visible.test(it.key().location()))
                .switchIfEmpty(Mono.error(() -> new Problem.NotFound("alert", alert)))
                .flatMap(before -> store(session, before, decided(before, decision, clock.instant()))));
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
        List<Mono<Long>> writes = new ArrayList<>();
        StockWriter.updateAlerts(session, List.of(after), writes);
        return Mono.when(writes)
                .then(ledger.append(StockEvents.alert(type, after, null)))
                .thenReturn(after);
    }
}
