package io.sluice.inventory.postgres;

import static io.sluice.postgres.Rows.*;

import io.r2dbc.spi.Readable;
import io.sluice.access.Scope;
import io.sluice.inventory.StockKey;
import io.sluice.inventory.StockReads.After;
import io.sluice.inventory.StockReads.Filter;
import io.sluice.inventory.StockReads.Limit;
import io.sluice.inventory.StockReads.Placed;
import io.sluice.inventory.StockReads.Row;
import io.sluice.inventory.StockReads.Status;
import io.sluice.postgres.Session;
import io.sluice.shared.Quantity;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Stock rows with their part, in part-number order. */
final class SelectRows {

    /** Status as 4.2 derives it, as far as what exists reaches: no lots, so nothing expires. */
    static final String STATUS = """
            CASE WHEN s.obsolete OR p.status = 'OBSOLETE' THEN 'OBSOLETE'
                 WHEN s.quantity > 0 AND s.held = s.quantity THEN 'QUARANTINED'
                 WHEN s.quantity > 0 AND s.quantity = s.held + s.reserved AND s.reserved > 0 THEN 'RESERVED'
                 ELSE 'ACTIVE' END
            """;

    static final String REORDER = "coalesce(s.reorder_threshold, p.reorder_threshold, c.reorder_threshold)";
    static final String CRITICAL = "coalesce(s.critical_threshold, p.critical_threshold, c.critical_threshold)";
    private static final String SELECT = "SELECT s.location_id, s.part_id, s.part_number, p.description, p.category_id,"
            + " p.price, p.currency, s.quantity, s.held, s.reserved, s.average_cost, s.last_movement_at, s.last_issue_at,"
            + " s.version, " + STATUS + " AS status,"
            + source("reorder_threshold") + source("critical_threshold") + source("max_quantity")
            + " " + REORDER + " AS reorder, " + CRITICAL + " AS critical,"
            + " coalesce(s.max_quantity, p.max_quantity, c.max_quantity) AS maximum";
    private static final String FROM = """
             FROM stock s
            JOIN part p ON p.tenant_id = $1 AND p.id = s.part_id
            LEFT JOIN category c ON c.tenant_id = $1 AND c.id = p.category_id
            WHERE s.tenant_id = $1
            """;

    private static final Set<Status> CLAIMED = Set.of(Status.QUARANTINED, Status.RESERVED);
    private static final int MOST_PLACES = 10_000;

    private SelectRows() {}

    private static String source(String column) {
        return " CASE WHEN s." + column + " IS NOT NULL THEN 'row' WHEN p." + column
                + " IS NOT NULL THEN 'part' WHEN c." + column + " IS NOT NULL THEN 'category' END AS " + column
                + "_source,";
    }

    /** Only the conditions that are asked for stand in the text, so that each has a plan of its own. */
    private static String conditions(Filter filter) {
        return (filter.scope().isAll() ? "" : " AND s.location_id = ANY ($2::uuid[])")
                + (filter.location() == null ? "" : " AND s.location_id = $3::uuid")
                + (filter.part() == null ? "" : " AND s.part_id = $4::uuid")
                + (filter.category() == null ? "" : " AND $5::uuid = ANY (c.path)")
                + (filter.status().isEmpty()
                        ? ""
                        : narrowed(filter.status()) + " AND " + STATUS + " = ANY ($6::text[])")
                + (filter.low() == null ? "" : filter.low() ? " AND s.low" : " AND NOT s.low");
    }

    /** What rows of rare states have in common, in words that an index knows: else a page is looked for among all rows. */
    private static String narrowed(Set<Status> status) {
        if (CLAIMED.containsAll(status)) {
            return " AND s.claimed";
        }
        return status.equals(Set.of(Status.OBSOLETE))
                ? " AND (s.obsolete OR s.part_id = ANY (ARRAY(SELECT o.id FROM part o"
                        + " WHERE o.tenant_id = $1 AND o.status = 'OBSOLETE')))"
                : "";
    }

    /** Keeps the numbering of parameters whole where a condition is left out. */
    private static final String ALL_BOUND =
            " AND ($2::uuid[] IS NULL OR true) AND ($3::uuid IS NULL OR true) AND ($4::uuid IS NULL OR true)"
                    + " AND ($5::uuid IS NULL OR true) AND ($6::text[] IS NULL OR true)";

    static Flux<Row> list(Session session, Filter filter, @Nullable After after, int limit) {
        String from = after == null
                ? " AND ($7::text IS NULL OR true) AND ($8::uuid IS NULL OR true)"
                : " AND (s.part_number, s.location_id) > ($7::text COLLATE \"C\", $8::uuid)";
        return session.query(
                SELECT + FROM + conditions(filter) + ALL_BOUND + from + " ORDER BY s.part_number, s.location_id LIMIT "
                        + limit,
                SelectRows::toRow,
                session.caller().tenant().value(),
                Columns.ids(filter.scope()),
                filter.location(),
                filter.part(),
                filter.category(),
                texts(filter.status()),
                after == null ? null : after.partNumber(),
                after == null ? null : after.location());
    }

    static Mono<Placed> placed(Session session, UUID part, Scope<UUID> scope) {
        Mono<Long> position = session.one(
                "SELECT head FROM tenant_log WHERE tenant_id = $1",
                row -> number(row, "head"),
                session.caller().tenant().value());
        Filter filter = new Filter(scope, null, part, null, Set.of(), null);
        return Mono.zip(list(session, filter, null, MOST_PLACES).collectList(), position)
                .map(both -> new Placed(both.getT1(), both.getT2()));
    }

    static Mono<Long> count(Session session, Filter filter) {
        return session.one(
                "SELECT count(*) AS total" + FROM + conditions(filter) + ALL_BOUND,
                row -> number(row, "total"),
                session.caller().tenant().value(),
                Columns.ids(filter.scope()),
                filter.location(),
                filter.part(),
                filter.category(),
                texts(filter.status()));
    }

    static Mono<Row> one(Session session, StockKey key) {
        return session.one(
                SELECT + FROM + " AND s.location_id = $2 AND s.part_id = $3",
                SelectRows::toRow,
                session.caller().tenant().value(),
                key.location(),
                key.part());
    }

    static String[] texts(Set<Status> status) {
        return status.stream().map(Enum::name).sorted().toArray(String[]::new);
    }

    static Row toRow(Readable row) {
        Quantity quantity = quantity(row, "quantity");
        Quantity held = quantity(row, "held");
        Quantity reserved = quantity(row, "reserved");
        Limit reorder = new Limit(maybeQuantity(row, "reorder"), maybeText(row, "reorder_threshold_source"));
        Limit critical = new Limit(maybeQuantity(row, "critical"), maybeText(row, "critical_threshold_source"));
        Limit maximum = new Limit(maybeQuantity(row, "maximum"), maybeText(row, "max_quantity_source"));
        UUID category = maybeUuid(row, "category_id");
        return new Row(
                uuid(row, "location_id"),
                uuid(row, "part_id"),
                text(row, "part_number"),
                text(row, "description"),
                category,
                maybeDecimal(row, "price"),
                text(row, "currency"),
                quantity,
                held,
                reserved,
                quantity.minus(held).minus(reserved),
                maybeDecimal(row, "average_cost"),
                Status.valueOf(text(row, "status")),
                reorder,
                critical,
                maximum,
                isReached(reorder, quantity) || isReached(critical, quantity),
                isReached(critical, quantity),
                maybeInstant(row, "last_movement_at"),
                maybeInstant(row, "last_issue_at"),
                number(row, "version"));
    }

    private static boolean isReached(Limit limit, Quantity quantity) {
        return limit.value() != null && quantity.isAtMost(limit.value());
    }
}
