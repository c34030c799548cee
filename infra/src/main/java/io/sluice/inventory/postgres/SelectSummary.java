package io.sluice.inventory.postgres;

import static io.sluice.postgres.Rows.*;

import io.r2dbc.spi.Readable;
import io.sluice.inventory.StockReads.CategoryTotal;
import io.sluice.inventory.StockReads.Money;
import io.sluice.inventory.StockReads.Status;
import io.sluice.inventory.StockReads.Summary;
import io.sluice.postgres.Session;
import io.sluice.shared.Quantity;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A location's totals by category and currency, with the position that they are true at, of one snapshot. */
final class SelectSummary {

    private static final String SQL = "SELECT coalesce(c.id::text, 'uncategorised') AS category_id,"
            + " coalesce(c.name, 'uncategorised') AS category_name, p.currency, count(*) AS items,"
            + " sum(s.quantity) AS quantity, coalesce(sum(s.quantity * p.price), 0) AS value,"
            + " sum(s.quantity * s.average_cost) AS cost,"
            + " count(*) FILTER (WHERE s.low) AS low,"
            + " count(*) FILTER (WHERE s.quantity <= " + SelectRows.CRITICAL + ") AS critical"
            + """
             FROM stock s
            JOIN part p ON p.tenant_id = $1 AND p.id = s.part_id
            LEFT JOIN category c ON c.tenant_id = $1 AND c.id = p.category_id
            WHERE s.tenant_id = $1 AND s.location_id = $2 AND ($3::uuid IS NULL OR $3::uuid = ANY (c.path))
              AND (cardinality($4::text[]) = 0 OR\s"""
            + SelectRows.STATUS
            + " = ANY ($4::text[])) GROUP BY 1, 2, 3 ORDER BY 2, 1, 3";
    private static final String ASOF = """
            SELECT l.head, t.currency FROM tenant_log l JOIN tenant t USING (tenant_id) WHERE l.tenant_id = $1
            """;

    private SelectSummary() {}

    private record Group(
            String category,
            String name,
            String currency,
            long items,
            Quantity quantity,
            BigDecimal value,
            @Nullable BigDecimal cost,
            long low,
            long critical) {}

    private record At(long position, String currency) {}

    static Mono<Summary> run(Session session, UUID location, @Nullable UUID category, Set<Status> status) {
        UUID tenant = session.caller().tenant().value();
        Mono<At> at = session.one(ASOF, row -> new At(number(row, "head"), text(row, "currency")), tenant);
        Mono<List<Group>> groups = session.all(
                        SQL, SelectSummary::toGroup, tenant, location, category, SelectRows.texts(status))
                .collectList();
        return Mono.zip(at, groups).map(both -> sum(location, both.getT1(), both.getT2()));
    }

    private static Group toGroup(Readable row) {
        return new Group(
                text(row, "category_id"),
                text(row, "category_name"),
                text(row, "currency"),
                number(row, "items"),
                quantity(row, "quantity"),
                decimal(row, "value"),
                maybeDecimal(row, "cost"),
                number(row, "low"),
                number(row, "critical"));
    }

    /** Amounts in another currency than the tenant's are listed apart: there is no rate to convert them with. */
    private static Summary sum(UUID location, At at, List<Group> groups) {
        Map<String, CategoryTotal> byCategory = new LinkedHashMap<>();
        Map<String, BigDecimal> foreign = new LinkedHashMap<>();
        BigDecimal value = BigDecimal.ZERO;
        BigDecimal cost = BigDecimal.ZERO;
        Quantity quantity = Quantity.ZERO;
        long items = 0;
        long low = 0;
        long critical = 0;
        for (Group group : groups) {
            boolean own = group.currency().equals(at.currency());
            BigDecimal counted = own ? group.value() : BigDecimal.ZERO;
            if (!own && group.value().signum() != 0) {
                foreign.merge(group.currency(), group.value(), BigDecimal::add);
            }
            byCategory.merge(
                    group.category(),
                    new CategoryTotal(group.name(), group.items(), counted),
                    (a, b) -> new CategoryTotal(
                            a.name(), a.count() + b.count(), a.value().add(b.value())));
            value = value.add(counted);
            cost = own && group.cost() != null ? cost.add(group.cost()) : cost;
            quantity = quantity.plus(group.quantity());
            items += group.items();
            low += group.low();
            critical += group.critical();
        }
        List<Money> unconverted = new ArrayList<>();
        foreign.forEach((currency, amount) -> unconverted.add(new Money(currency, amount)));
        return new Summary(
                location,
                items,
                quantity,
                value,
                cost,
                at.currency(),
                byCategory,
                unconverted,
                low,
                critical,
                at.position(),
                Instant.now());
    }
}
