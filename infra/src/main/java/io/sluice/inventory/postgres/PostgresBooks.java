package io.sluice.inventory.postgres;

import io.r2dbc.spi.Readable;
import io.sluice.inventory.StockEvents;
import io.sluice.log.Books;
import io.sluice.log.Verification;
import io.sluice.postgres.Database;
import io.sluice.postgres.Rows;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Compares the ledger of movements with the events that tell of them, page by page of the log. */
final class PostgresBooks implements Books {

    private static final int PAGE = 2_000;
    private static final int AT_ONCE = 2;
    private static final String GONE = "";

    private static final String EXTENT = """
            SELECT l.oldest, l.head,
                   (SELECT count(*) FROM movement m
                    WHERE m.tenant_id = l.tenant_id AND NOT m.position BETWEEN 1 AND l.oldest - 1) AS rows
            FROM tenant_log l WHERE l.tenant_id = $1
            """;
    // The movement is looked up event by event: joined otherwise, each page would read the whole ledger.
    private static final String COMPARED = """
            SELECT count(*) AS rows,
                   min(ARRAY[lpad(position::text, 20, '0'), movement, field]) FILTER (WHERE field IS NOT NULL) AS broken
            FROM (SELECT e.position, e.payload ->> 'movementId' AS movement, CASE %s END AS field
                  FROM event e
                  LEFT JOIN LATERAL (
                      SELECT * FROM movement
                      WHERE tenant_id = $1 AND id = (e.payload ->> 'movementId')::uuid AND recorded_at = e.at
                      LIMIT 1) m ON true
                  WHERE e.tenant_id = $1 AND e.position > $2 AND e.position <= $3 AND e.type = '%s') c
            """.formatted(
                    Stream.of(
                                    when("m.id IS NULL", "'" + GONE + "'"),
                                    other("position", "m.position", "e.position"),
                                    other("actor", "m.actor", "e.actor ->> 'id'"),
                                    other("locationId", "m.location_id::text", "e.payload ->> 'locationId'"),
                                    other("partId", "m.part_id::text", "e.payload ->> 'partId'"),
                                    other("type", "m.type", "e.payload ->> 'type'"),
                                    other("change", "m.change", "(e.payload ->> 'change')::numeric"),
                                    other("balanceAfter", "m.balance_after", "(e.payload ->> 'newQuantity')::numeric"),
                                    other("occurredAt", "m.occurred_at", "(e.payload ->> 'occurredAt')::timestamptz"),
                                    other("reference", "m.reference_type", "e.payload -> 'reference' ->> 'type'"),
                                    other("reference", "m.reference_id", "e.payload -> 'reference' ->> 'id'"),
                                    other("metadata", "m.metadata", "e.payload -> 'metadata'"),
                                    // An event of the time before they vouched for anything.
                                    when("e.cause -> 'vouched' IS NULL", "NULL"),
                                    unvouched("unitCost", "unit_cost"),
                                    unvouched("unitPrice", "unit_price"),
                                    unvouched("currency", "currency"),
                                    unvouched("reason", "reason"),
                                    unvouched("note", "note"),
                                    unvouched("customerId", "customer"),
                                    unvouched("reversesId", "reverses_id"),
                                    unvouched("key", "key"))
                            .collect(Collectors.joining("\n")),
                    StockEvents.CHANGED.name());
    private static final String LIKE_IT = """
            SELECT id::text AS id FROM movement WHERE tenant_id = $1 AND (id = $2::uuid OR position = $3)
            ORDER BY id = $2::uuid DESC LIMIT 1
            """;
    private static final String STRAY = """
            SELECT m.id, m.position FROM movement m
            WHERE m.tenant_id = $1 AND NOT EXISTS (
                SELECT FROM event e WHERE e.tenant_id = $1 AND e.position = m.position AND e.at = m.recorded_at
                   AND e.payload ->> 'movementId' = m.id::text)
              AND m.position NOT BETWEEN 1 AND (SELECT oldest - 1 FROM tenant_log WHERE tenant_id = $1)
            ORDER BY m.position LIMIT 1
            """;

    private final Database database;

    PostgresBooks(Database database) {
        this.database = database;
    }

    private static String when(String condition, String value) {
        return "WHEN " + condition + " THEN " + value;
    }

    private static String other(String field, String stored, String said) {
        return when(stored + " IS DISTINCT FROM " + said, "'" + field + "'");
    }

    /** The digest as {@link io.sluice.inventory.EntryDigests} makes it. */
    private static String unvouched(String field, String column) {
        return other(field, """
                CASE WHEN m.%2$s IS NOT NULL THEN
                translate(left(encode(sha256(convert_to(m.id || E'\\n%1$s\\n' || m.%2$s, 'UTF8')), 'base64'), 16),
                          '+/', '-_') END""".formatted(field, column), "e.cause -> 'vouched' ->> '" + field + "'");
    }

    @Override
    public Mono<Verification> verify() {
        return extent().flatMap(this::compared);
    }

    /** The log, and how many rows the ledger has at its head. */
    private record Extent(long oldest, long head, long rows) {}

    private Mono<Extent> extent() {
        return database.read(session -> session.one(
                        EXTENT,
                        row -> new Extent(
                                Rows.number(row, "oldest"), Rows.number(row, "head"), Rows.number(row, "rows")),
                        session.caller().tenant().value()))
                .next();
    }

    private Mono<Verification> compared(Extent extent) {
        return pages(extent)
                .flatMapSequential(after -> page(after, extent.head()), AT_ONCE, 1)
                .scan(new Page(0, null), Page::with)
                .takeUntil(page -> page.fault() != null)
                .last()
                .flatMap(all -> concluded(all, extent));
    }

    private static Flux<Long> pages(Extent extent) {
        return Flux.generate(() -> extent.oldest() - 1, (after, sink) -> {
            if (after < extent.head()) {
                sink.next(after);
            } else {
                sink.complete();
            }
            return after + PAGE;
        });
    }

    /** A movement that is not as its event says. */
    private record Fault(long position, String movement, String field) {

        Verification toVerification() {
            return broken(field + " differs from its event");
        }

        Verification broken(String how) {
            return new Verification(position - 1, position, "movement " + movement + ": " + how);
        }
    }

    /** How many events have been compared, and the first whose movement differs. */
    private record Page(long rows, @Nullable Fault fault) {

        Page with(Page next) {
            return new Page(rows + next.rows(), next.fault());
        }
    }

    private Mono<Page> page(long after, long head) {
        return database.read(session -> session.one(
                        COMPARED,
                        row -> new Page(Rows.number(row, "rows"), toFault(row.get("broken", String[].class))),
                        session.caller().tenant().value(),
                        after,
                        Math.min(after + PAGE, head)))
                .next();
    }

    private static @Nullable Fault toFault(String @Nullable [] broken) {
        return broken == null ? null : new Fault(Long.parseLong(broken[0]), broken[1], broken[2]);
    }

    private Mono<Verification> concluded(Page all, Extent extent) {
        Fault fault = all.fault();
        if (fault != null) {
            return fault.field().equals(GONE) ? gone(fault) : Mono.just(fault.toVerification());
        }
        return all.rows() == extent.rows() ? Mono.just(new Verification(extent.head(), null, null)) : stray();
    }

    /** A row that is not found by id and commit time may still be there under another one of them. */
    private Mono<Verification> gone(Fault fault) {
        return database.read(session -> session.one(
                        LIKE_IT,
                        row -> Rows.text(row, "id").equals(fault.movement()) ? "recordedAt" : "id",
                        session.caller().tenant().value(),
                        fault.movement(),
                        fault.position()))
                .next()
                .map(field -> new Fault(fault.position(), fault.movement(), field).toVerification())
                .defaultIfEmpty(fault.broken("is missing"));
    }

    private Mono<Verification> stray() {
        return database.read(session -> session.one(
                        STRAY, PostgresBooks::toStray, session.caller().tenant().value()))
                .next();
    }

    private static Verification toStray(Readable row) {
        return new Fault(Rows.number(row, "position"), Rows.uuid(row, "id").toString(), GONE)
                .broken("there is no event of it");
    }
}
