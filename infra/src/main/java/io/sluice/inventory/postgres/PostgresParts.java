package io.sluice.inventory.postgres;

import static io.sluice.postgres.Rows.*;

import io.r2dbc.spi.Readable;
import io.sluice.inventory.Part;
import io.sluice.inventory.Parts;
import io.sluice.inventory.Thresholds;
import io.sluice.log.CanonicalJson;
import io.sluice.log.Event;
import io.sluice.log.Ledger;
import io.sluice.log.postgres.Appender;
import io.sluice.postgres.Database;
import io.sluice.postgres.Failures;
import io.sluice.postgres.JsonText;
import io.sluice.postgres.Session;
import io.sluice.shared.Problem;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Parts as plain rows. */
final class PostgresParts implements Parts {

    private static final String SELECT = """
            SELECT id, part_number, description, notes, category_id, type, status, base_unit, decimals, price, currency,
                   standard_cost, reorder_threshold, critical_threshold, max_quantity, tags, attributes::text, version,
                   created_at, created_by, updated_at, updated_by
            FROM part
            """;
    private static final String FILTER = """
             WHERE tenant_id = $1
              AND ($2::uuid IS NULL OR category_id IN (
                    SELECT id FROM category WHERE tenant_id = $1 AND $2::uuid = ANY (path)))
              AND ($3::text IS NULL OR status = $3) AND ($4::text IS NULL OR type = $4)
              AND ($5::text IS NULL OR $5 = ANY (tags))
            """;

    private final Database database;
    private final Ledger ledger;

    PostgresParts(Database database, Ledger ledger) {
        this.database = database;
        this.ledger = ledger;
    }

    @Override
    public Mono<Part> find(UUID id) {
        return database.read(session -> one(session, id, "")).next();
    }

    @Override
    public Flux<Part> findByNumbers(Collection<String> numbers) {
        return database.read(session -> session.all(
                SELECT + " WHERE tenant_id = $1 AND part_number = ANY ($2)",
                PostgresParts::toPart,
                session.caller().tenant().value(),
                numbers.toArray(String[]::new)));
    }

    @Override
    public Mono<Part> findForChange(UUID id) {
        return database.withSession(
                session -> Appender.lockHead(session).then(Mono.defer(() -> one(session, id, " FOR NO KEY UPDATE"))));
    }

    private static Mono<Part> one(Session session, UUID id, String lock) {
        return session.one(
                SELECT + " WHERE tenant_id = $1 AND id = $2" + lock,
                PostgresParts::toPart,
                session.caller().tenant().value(),
                id);
    }

    @Override
    public Mono<Void> add(Part part, Event created) {
        return database.withSession(session -> session.update(
                        """
                        INSERT INTO part (tenant_id, id, part_number, description, notes, category_id, type, status,
                                          base_unit, decimals, price, currency, standard_cost, reorder_threshold,
                                          critical_threshold, max_quantity, tags, attributes, version, created_at,
                                          created_by, updated_at, updated_by)
                        VALUES ($1, $2, $3, $4, $5, $6::uuid, $7, $8, $9, $10, $11::numeric, $12, $13::numeric,
                                $14::numeric, $15::numeric, $16::numeric, $17, $18::jsonb, 1, $19, $20, $19, $20)
                        """,
                        session.caller().tenant().value(),
                        part.id(),
                        part.partNumber(),
                        part.description(),
                        part.notes(),
                        part.categoryId(),
                        part.type(),
                        part.status(),
                        part.baseUnit(),
                        part.decimals(),
                        part.price(),
                        part.currency(),
                        part.standardCost(),
                        Columns.decimal(part.thresholds().reorder()),
                        Columns.decimal(part.thresholds().critical()),
                        Columns.decimal(part.thresholds().maximum()),
                        part.tags().toArray(String[]::new),
                        CanonicalJson.write(part.attributes()),
                        part.createdAt(),
                        part.createdBy()))
                .onErrorMap(error -> translated(error, part))
                .then(ledger.append(created));
    }

    private static Throwable translated(Throwable error, Part part) {
        if (Failures.duplicate(error).filter("part_number"::equals).isPresent()) {
            return new Problem.Conflict("part-number-taken", "part number " + part.partNumber() + " is taken");
        }
        return Failures.isReference(error)
                ? new Problem.Contradiction(
                        "unknown-category", "categoryId", "category " + part.categoryId() + " does not exist")
                : error;
    }

    @Override
    public Mono<Void> store(Part part, List<Event> events) {
        return database.withSession(session -> session.update(
                        """
                        UPDATE part SET description = $3, notes = $4, category_id = $5::uuid, type = $6, status = $7,
                               price = $8::numeric, currency = $9, standard_cost = $10::numeric,
                               reorder_threshold = $11::numeric, critical_threshold = $12::numeric,
                               max_quantity = $13::numeric, tags = $14, attributes = $15::jsonb, version = $16,
                               updated_at = $17, updated_by = $18
                        WHERE tenant_id = $1 AND id = $2
                        """,
                        session.caller().tenant().value(),
                        part.id(),
                        part.description(),
                        part.notes(),
                        part.categoryId(),
                        part.type(),
                        part.status(),
                        part.price(),
                        part.currency(),
                        part.standardCost(),
                        Columns.decimal(part.thresholds().reorder()),
                        Columns.decimal(part.thresholds().critical()),
                        Columns.decimal(part.thresholds().maximum()),
                        part.tags().toArray(String[]::new),
                        CanonicalJson.write(part.attributes()),
                        part.version(),
                        part.updatedAt(),
                        part.updatedBy()))
                .onErrorMap(error -> translated(error, part))
                .thenMany(Flux.fromIterable(events).concatMap(ledger::append))
                .then();
    }

    @Override
    public Mono<Boolean> remove(Part part, Event deleted) {
        return database.withSession(
                        session -> session.update("""
                        DELETE FROM part p WHERE tenant_id = $1 AND id = $2
                          AND NOT EXISTS (SELECT FROM stock s WHERE s.tenant_id = $1 AND s.part_id = p.id)
                          AND NOT EXISTS (SELECT FROM daily_usage u WHERE u.tenant_id = $1 AND u.part_id = p.id)
                        """, session.caller().tenant().value(), part.id()))
                .onErrorResume(Failures::isReference, _ -> Mono.just(0L))
                .flatMap(removed ->
                        removed == 0 ? Mono.just(false) : ledger.append(deleted).thenReturn(true));
    }

    @Override
    public Flux<Part> list(Query query, @Nullable String afterNumber, int limit) {
        return database.read(session -> session.query(
                SELECT + FILTER + " AND ($6::text IS NULL OR part_number > $6) ORDER BY part_number LIMIT " + limit,
                PostgresParts::toPart,
                session.caller().tenant().value(),
                query.category(),
                query.status(),
                query.type(),
                query.tag(),
                afterNumber));
    }

    @Override
    public Mono<Long> count(Query query) {
        return database.read(session -> session.one(
                        "SELECT count(*) AS total FROM part" + FILTER,
                        row -> number(row, "total"),
                        session.caller().tenant().value(),
                        query.category(),
                        query.status(),
                        query.type(),
                        query.tag()))
                .next();
    }

    static Part toPart(Readable row) {
        return new Part(
                uuid(row, "id"),
                text(row, "part_number"),
                text(row, "description"),
                maybeText(row, "notes"),
                maybeUuid(row, "category_id"),
                Part.Type.valueOf(text(row, "type")),
                Part.Status.valueOf(text(row, "status")),
                text(row, "base_unit"),
                integer(row, "decimals"),
                maybeDecimal(row, "price"),
                text(row, "currency"),
                maybeDecimal(row, "standard_cost"),
                toThresholds(row),
                texts(row, "tags"),
                JsonText.object(text(row, "attributes")),
                number(row, "version"),
                instant(row, "created_at"),
                text(row, "created_by"),
                instant(row, "updated_at"),
                text(row, "updated_by"));
    }

    static Thresholds toThresholds(Readable row) {
        return new Thresholds(
                maybeQuantity(row, "reorder_threshold"),
                maybeQuantity(row, "critical_threshold"),
                maybeQuantity(row, "max_quantity"));
    }
}
