package io.sluice.inventory.postgres;

import static io.sluice.postgres.Rows.*;

import io.sluice.access.Scope;
import io.sluice.inventory.StockAlert;
import io.sluice.inventory.StockKey;
import io.sluice.inventory.StockReads;
import io.sluice.postgres.Database;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Answers questions about stock. */
final class PostgresStockReads implements StockReads {

    private static final String TOP_MOVING = """
            SELECT m.part_id, p.part_number, p.description, -sum(m.change) AS quantity,
                   -coalesce(sum(m.change * m.unit_price), 0) AS value, count(*) AS transactions
            FROM movement m JOIN part p ON p.tenant_id = $1 AND p.id = m.part_id
            WHERE m.tenant_id = $1 AND m.location_id = $2 AND m.type = 'ISSUE'
              AND m.occurred_at >= now() - $3 * interval '1 day'
            GROUP BY m.part_id, p.part_number, p.description
            HAVING sum(m.change) < 0
            ORDER BY quantity DESC, p.part_number LIMIT $4
            """;
    private static final String SLOW_MOVING = """
            SELECT s.part_id, s.part_number, p.description, s.quantity, coalesce(s.quantity * p.price, 0) AS value,
                   s.last_issue_at
            FROM stock s JOIN part p ON p.tenant_id = $1 AND p.id = s.part_id
            WHERE s.tenant_id = $1 AND s.location_id = $2 AND s.quantity > 0
              AND NOT EXISTS (SELECT FROM movement m
                              WHERE m.tenant_id = $1 AND m.location_id = $2 AND m.part_id = s.part_id
                                AND m.type = 'ISSUE' AND m.occurred_at >= now() - $3 * interval '1 day')
            ORDER BY value DESC, s.part_number LIMIT $4
            """;
    private static final String AS_OF = """
            SELECT m.part_id, sum(m.change) AS quantity FROM movement m
            WHERE m.tenant_id = $1 AND m.location_id = $2 AND ($3::uuid IS NULL OR m.part_id = $3::uuid)
              AND CASE WHEN $5 THEN m.occurred_at ELSE m.recorded_at END <= $4
            GROUP BY m.part_id ORDER BY m.part_id
            """;
    private static final String DIFFERENCES = """
            SELECT coalesce(s.location_id, m.location_id) AS location_id, coalesce(s.part_id, m.part_id) AS part_id,
                   coalesce(s.quantity, 0) AS quantity, coalesce(m.total, 0) AS ledger
            FROM (SELECT location_id, part_id, sum(change) AS total FROM movement WHERE tenant_id = $1
                  GROUP BY location_id, part_id) m
            FULL JOIN (SELECT location_id, part_id, quantity FROM stock WHERE tenant_id = $1) s
                   ON s.location_id = m.location_id AND s.part_id = m.part_id
            WHERE coalesce(s.quantity, 0) <> coalesce(m.total, 0)
            """;
    private static final String CONSUMPTION = """
            WITH buckets AS (
                SELECT b::date AS day FROM generate_series(date_trunc($4, $5::date::timestamp),
                                                           $6::date::timestamp, ('1 ' || $4)::interval) AS b),
            used AS (
                SELECT date_trunc($4, day::timestamp)::date AS day, sum(issued) AS issued, sum(returned) AS returned,
                       sum(issue_count)::bigint AS count, sum(revenue) AS revenue
                FROM daily_usage
                WHERE tenant_id = $1 AND part_id = $2 AND ($3::uuid[] IS NULL OR location_id = ANY ($3::uuid[]))
                  AND day BETWEEN $5::date AND $6::date
                GROUP BY 1)
            SELECT b.day, coalesce(u.issued, 0) AS issued, coalesce(u.returned, 0) AS returned,
                   coalesce(u.count, 0) AS count, coalesce(u.revenue, 0) AS revenue
            FROM buckets b LEFT JOIN used u USING (day) ORDER BY b.day
            """;
    private static final String ALERTS = """
            SELECT * FROM stock_alert WHERE tenant_id = $1
              AND ($2::uuid[] IS NULL OR location_id = ANY ($2::uuid[])) AND ($3::uuid IS NULL OR location_id = $3::uuid)
              AND ($4::text IS NULL OR level = $4) AND ($5::text IS NULL OR status = $5)
              AND ($6::uuid IS NULL OR id < $6::uuid)
            ORDER BY id DESC LIMIT $7
            """;

    private final Database database;

    PostgresStockReads(Database database) {
        this.database = database;
    }

    @Override
    public Flux<Row> rows(Filter filter, @Nullable After after, int limit) {
        return database.read(session -> SelectRows.list(session, filter, after, limit));
    }

    @Override
    public Mono<Long> countRows(Filter filter) {
        return database.read(session -> SelectRows.count(session, filter)).next();
    }

    @Override
    public Mono<Row> row(StockKey key) {
        return database.read(session -> SelectRows.one(session, key)).next();
    }

    @Override
    public Mono<Placed> placed(UUID part, Scope<UUID> scope) {
        return database.snapshot(session -> SelectRows.placed(session, part, scope))
                .next();
    }

    @Override
    public Mono<Summary> summary(UUID location, @Nullable UUID category, Set<Status> status) {
        return database.snapshot(session -> SelectSummary.run(session, location, category, status))
                .next();
    }

    @Override
    public Flux<Mover> topMoving(UUID location, int days, int limit) {
        return database.read(session -> session.all(
                TOP_MOVING,
                row -> new Mover(
                        uuid(row, "part_id"),
                        text(row, "part_number"),
                        text(row, "description"),
                        quantity(row, "quantity"),
                        decimal(row, "value"),
                        number(row, "transactions")),
                session.caller().tenant().value(),
                location,
                days,
                limit));
    }

    @Override
    public Flux<SlowMover> slowMoving(UUID location, int days, int limit) {
        return database.read(session -> session.all(
                SLOW_MOVING,
                row -> new SlowMover(
                        uuid(row, "part_id"),
                        text(row, "part_number"),
                        text(row, "description"),
                        quantity(row, "quantity"),
                        decimal(row, "value"),
                        maybeInstant(row, "last_issue_at")),
                session.caller().tenant().value(),
                location,
                days,
                limit));
    }

    @Override
    public Flux<Entry> entries(EntryFilter filter, @Nullable UUID before, int limit) {
        return database.read(session -> SelectEntries.list(session, filter, before, limit));
    }

    @Override
    public Flux<Entry> card(StockKey key, long after, int limit) {
        return database.read(session -> SelectEntries.card(session, key, after, limit));
    }

    @Override
    public Mono<Entry> entry(UUID id) {
        return database.read(session -> SelectEntries.one(session, id)).next();
    }

    @Override
    public Flux<AsOf> asOf(UUID location, @Nullable UUID part, Instant at, boolean byOccurrence) {
        return database.read(session -> session.query(
                AS_OF,
                row -> new AsOf(location, uuid(row, "part_id"), quantity(row, "quantity")),
                session.caller().tenant().value(),
                location,
                part,
                at,
                byOccurrence));
    }

    @Override
    public Flux<Difference> differences() {
        return database.snapshot(session -> session.query(
                DIFFERENCES,
                row -> new Difference(
                        uuid(row, "location_id"),
                        uuid(row, "part_id"),
                        quantity(row, "quantity"),
                        quantity(row, "ledger")),
                session.caller().tenant().value()));
    }

    @Override
    public Flux<Bucket> consumption(UUID part, Scope<UUID> scope, String bucket, LocalDate from, LocalDate to) {
        return database.read(session -> session.all(
                CONSUMPTION,
                row -> new Bucket(
                        java.util.Objects.requireNonNull(row.get("day", LocalDate.class)),
                        quantity(row, "issued"),
                        quantity(row, "returned"),
                        number(row, "count"),
                        decimal(row, "revenue")),
                session.caller().tenant().value(),
                part,
                Columns.ids(scope),
                bucket,
                from.toString(),
                to.toString()));
    }

    @Override
    public Flux<StockAlert> alerts(AlertFilter filter, @Nullable UUID before, int limit) {
        return database.read(session -> session.all(
                ALERTS,
                Shelves::toAlert,
                session.caller().tenant().value(),
                Columns.ids(filter.scope()),
                filter.location(),
                filter.level(),
                filter.status(),
                before,
                limit));
    }
}
