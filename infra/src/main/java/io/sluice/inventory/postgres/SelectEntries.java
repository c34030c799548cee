package io.sluice.inventory.postgres;

import static io.sluice.postgres.Rows.*;

import io.r2dbc.spi.Readable;
import io.sluice.inventory.Reference;
import io.sluice.inventory.StockKey;
import io.sluice.inventory.StockReads.Entry;
import io.sluice.inventory.StockReads.EntryFilter;
import io.sluice.postgres.JsonText;
import io.sluice.postgres.Session;
import io.sluice.shared.Quantity;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Entries of the ledger. */
final class SelectEntries {

    private static final String SELECT = """
            SELECT m.id, m.location_id, m.part_id, m.type, m.change, m.balance_after, m.unit_cost, m.unit_price,
                   m.currency, m.reason, m.note, m.reference_type, m.reference_id, m.customer, m.occurred_at,
                   m.recorded_at, m.actor, m.position, m.reverses_id, m.metadata::text AS metadata,
                   (SELECT r.id FROM movement r WHERE r.tenant_id = $1 AND r.reverses_id = m.id LIMIT 1) AS reversed_by
            FROM movement m WHERE m.tenant_id = $1
            """;

    private SelectEntries() {}

    static Flux<Entry> list(Session session, EntryFilter filter, @Nullable UUID before, int limit) {
        return session.query(
                SELECT + """
                         AND ($2::uuid[] IS NULL OR m.location_id = ANY ($2::uuid[]))
                         AND ($3::uuid IS NULL OR m.location_id = $3::uuid) AND ($4::uuid IS NULL OR m.part_id = $4::uuid)
                         AND ($5::text IS NULL OR m.type = $5) AND ($6::text IS NULL OR m.actor = $6)
                         AND ($7::text IS NULL OR m.reference_id = $7)
                         AND ($8::timestamptz IS NULL OR m.recorded_at >= $8::timestamptz)
                         AND ($9::timestamptz IS NULL OR m.recorded_at < $9::timestamptz)
                         AND ($10::uuid IS NULL OR m.id < $10::uuid)
                         ORDER BY m.id DESC LIMIT\s""" + limit,
                SelectEntries::toEntry,
                session.caller().tenant().value(),
                Columns.ids(filter.scope()),
                filter.location(),
                filter.part(),
                filter.type(),
                filter.actor(),
                filter.reference(),
                filter.from(),
                filter.to(),
                before);
    }

    static Flux<Entry> card(Session session, StockKey key, long after, int limit) {
        return session.query(
                SELECT + " AND m.location_id = $2 AND m.part_id = $3 AND m.position > $4 ORDER BY m.position LIMIT "
                        + limit,
                SelectEntries::toEntry,
                session.caller().tenant().value(),
                key.location(),
                key.part(),
                after);
    }

    static Mono<Entry> one(Session session, UUID id) {
        return session.one(
                SELECT + " AND m.id = $2",
                SelectEntries::toEntry,
                session.caller().tenant().value(),
                id);
    }

    private static Entry toEntry(Readable row) {
        Quantity change = quantity(row, "change");
        String referenceType = maybeText(row, "reference_type");
        String metadata = maybeText(row, "metadata");
        String type = text(row, "type");
        return new Entry(
                uuid(row, "id"),
                uuid(row, "location_id"),
                uuid(row, "part_id"),
                type,
                type.equals("ADJUSTMENT") ? change : change.abs(),
                change,
                quantity(row, "balance_after"),
                maybeDecimal(row, "unit_cost"),
                maybeDecimal(row, "unit_price"),
                maybeText(row, "currency"),
                maybeText(row, "reason"),
                maybeText(row, "note"),
                referenceType == null
                        ? null
                        : new Reference(Reference.Kind.valueOf(referenceType), text(row, "reference_id")),
                maybeText(row, "customer"),
                instant(row, "occurred_at"),
                instant(row, "recorded_at"),
                text(row, "actor"),
                number(row, "position"),
                maybeUuid(row, "reverses_id"),
                maybeUuid(row, "reversed_by"),
                metadata == null ? null : JsonText.object(metadata));
    }
}
