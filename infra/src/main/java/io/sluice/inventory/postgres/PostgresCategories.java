package io.sluice.inventory.postgres;

import static io.sluice.postgres.Rows.*;

import io.r2dbc.spi.Readable;
import io.sluice.inventory.Categories;
import io.sluice.inventory.Category;
import io.sluice.log.Event;
import io.sluice.log.Ledger;
import io.sluice.log.postgres.Appender;
import io.sluice.postgres.Database;
import io.sluice.postgres.Failures;
import io.sluice.shared.Problem;
import java.util.Collection;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Categories with their paths. */
final class PostgresCategories implements Categories {

    private static final String COLUMNS = """
            c.id, c.code, c.name, c.description, c.parent_id, c.path, c.reorder_threshold, c.critical_threshold,
            c.max_quantity, c.active, c.version, c.created_at, c.created_by, c.updated_at, c.updated_by
            """;

    private final Database database;
    private final Ledger ledger;

    PostgresCategories(Database database, Ledger ledger) {
        this.database = database;
        this.ledger = ledger;
    }

    @Override
    public Mono<Category> find(UUID id) {
        return database.read(session -> session.one(
                        "SELECT " + COLUMNS + " FROM category c WHERE tenant_id = $1 AND id = $2",
                        PostgresCategories::toCategory,
                        session.caller().tenant().value(),
                        id))
                .next();
    }

    @Override
    public Flux<Category> findByCodes(Collection<String> codes) {
        return database.read(session -> session.all(
                "SELECT " + COLUMNS + " FROM category c WHERE tenant_id = $1 AND code = ANY ($2)",
                PostgresCategories::toCategory,
                session.caller().tenant().value(),
                codes.toArray(String[]::new)));
    }

    @Override
    public Mono<Void> awaitTree() {
        return database.withSession(session -> Appender.lockHead(session).then());
    }

    @Override
    public Flux<Category> subtreeForChange(UUID id) {
        return database.withSession(session -> Appender.lockHead(session)
                        .thenMany(session.all(
                                "SELECT " + COLUMNS
                                        + " FROM category c WHERE tenant_id = $1 AND $2 = ANY (path) ORDER BY depth, id FOR UPDATE",
                                PostgresCategories::toCategory,
                                session.caller().tenant().value(),
                                id))
                        .collectList())
                .flatMapIterable(all -> all);
    }

    @Override
    public Mono<Void> add(Category category, Event created) {
        return database.withSession(session -> session.update(
                        """
                        INSERT INTO category (tenant_id, id, code, name, description, parent_id, path, depth,
                                              reorder_threshold, critical_threshold, max_quantity, active, version,
                                              created_at, created_by, updated_at, updated_by)
                        VALUES ($1, $2, $3, $4, $5, $6::uuid, $7, $8, $9::numeric, $10::numeric, $11::numeric, true, 1,
                                $12, $13, $12, $13)
                        """,
                        session.caller().tenant().value(),
                        category.id(),
                        category.code(),
                        category.name(),
                        category.description(),
                        category.parentId(),
                        category.path().toArray(UUID[]::new),
                        category.depth(),
                        Columns.decimal(category.thresholds().reorder()),
                        Columns.decimal(category.thresholds().critical()),
                        Columns.decimal(category.thresholds().maximum()),
                        category.createdAt(),
                        category.createdBy()))
                .onErrorMap(error -> translated(error, category))
                .then(ledger.append(created));
    }

    private static Throwable translated(Throwable error, Category category) {
        return Failures.duplicate(error).filter("category_code"::equals).isPresent()
                ? new Problem.Conflict("code-taken", "category code " + category.code() + " is taken")
                : error;
    }

    @Override
    public Mono<Void> store(Category category, Event changed) {
        return database.withSession(session -> session.update(
                        """
                        UPDATE category SET name = $3, description = $4, parent_id = $5::uuid, path = $6, depth = $7,
                               reorder_threshold = $8::numeric, critical_threshold = $9::numeric,
                               max_quantity = $10::numeric, active = $11, version = $12, updated_at = $13, updated_by = $14
                        WHERE tenant_id = $1 AND id = $2
                        """,
                        session.caller().tenant().value(),
                        category.id(),
                        category.name(),
                        category.description(),
                        category.parentId(),
                        category.path().toArray(UUID[]::new),
                        category.depth(),
                        Columns.decimal(category.thresholds().reorder()),
                        Columns.decimal(category.thresholds().critical()),
                        Columns.decimal(category.thresholds().maximum()),
                        category.active(),
                        category.version(),
                        category.updatedAt(),
                        category.updatedBy()))
                .then(ledger.append(changed));
    }

    @Override
    public Mono<Void> storePath(Category category) {
        return database.withSession(session -> session.update(
                        "UPDATE category SET path = $3, depth = $4 WHERE tenant_id = $1 AND id = $2",
                        session.caller().tenant().value(),
                        category.id(),
                        category.path().toArray(UUID[]::new),
                        category.depth()))
                .then();
    }

    @Override
    public Mono<Boolean> remove(Category category, Event deleted) {
        return database.withSession(
                        session -> session.update("""
                        DELETE FROM category c WHERE tenant_id = $1 AND id = $2
                          AND NOT EXISTS (SELECT FROM part p WHERE p.tenant_id = $1 AND p.category_id = c.id)
                          AND NOT EXISTS (SELECT FROM category b WHERE b.tenant_id = $1 AND b.parent_id = c.id)
                        """, session.caller().tenant().value(), category.id()))
                .onErrorResume(Failures::isReference, _ -> Mono.just(0L))
                .flatMap(removed ->
                        removed == 0 ? Mono.just(false) : ledger.append(deleted).thenReturn(true));
    }

    @Override
    public Flux<Counted> tree() {
        return database.read(session -> session.query(
                "SELECT " + COLUMNS + """
                        , coalesce(own.parts, 0) AS parts, coalesce(below.parts, 0) AS parts_below
                        FROM category c
                        LEFT JOIN (SELECT category_id, count(*) AS parts FROM part
                                   WHERE tenant_id = $1 GROUP BY category_id) own ON own.category_id = c.id
                        LEFT JOIN (SELECT above, count(*) AS parts
                                   FROM part p JOIN category pc ON pc.tenant_id = $1 AND pc.id = p.category_id,
                                        unnest(pc.path) AS above
                                   WHERE p.tenant_id = $1 GROUP BY above) below ON below.above = c.id
                        WHERE c.tenant_id = $1 ORDER BY c.depth, c.code
                        """,
                row -> new Counted(toCategory(row), number(row, "parts"), number(row, "parts_below")),
                session.caller().tenant().value()));
    }

    static Category toCategory(Readable row) {
        return new Category(
                uuid(row, "id"),
                text(row, "code"),
                text(row, "name"),
                maybeText(row, "description"),
                maybeUuid(row, "parent_id"),
                uuids(row, "path"),
                PostgresParts.toThresholds(row),
                truth(row, "active"),
                number(row, "version"),
                instant(row, "created_at"),
                text(row, "created_by"),
                instant(row, "updated_at"),
                text(row, "updated_by"));
    }
}
