package io.sluice.inventory.postgres;

import static io.sluice.postgres.Rows.*;

import io.r2dbc.spi.Readable;
import io.sluice.access.Scope;
import io.sluice.inventory.Location;
import io.sluice.inventory.Locations;
import io.sluice.log.Event;
import io.sluice.log.Ledger;
import io.sluice.log.postgres.Appender;
import io.sluice.postgres.Database;
import io.sluice.postgres.Failures;
import io.sluice.postgres.Session;
import io.sluice.shared.Problem;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Places as plain rows. */
final class PostgresLocations implements Locations {

    private static final String SELECT = """
            SELECT id, code, name, kind, parent_id, region, country, climate_zone, address, lat, lon, time_zone, currency,
                   manager_ids, active, version, created_at, created_by, updated_at, updated_by
            FROM location WHERE tenant_id = $1
            """;

    private final Database database;
    private final Ledger ledger;

    PostgresLocations(Database database, Ledger ledger) {
        this.database = database;
        this.ledger = ledger;
    }

    @Override
    public Mono<Location> find(UUID id) {
        return database.read(session -> one(session, id, "")).next();
    }

    @Override
    public Flux<Location> findByCodes(Collection<String> codes) {
        return database.read(session -> session.all(
                SELECT + " AND code = ANY ($2)",
                PostgresLocations::toLocation,
                session.caller().tenant().value(),
                codes.toArray(String[]::new)));
    }

    @Override
    public Mono<Location> findForChange(UUID id) {
        return database.withSession(
                session -> Appender.lockHead(session).then(Mono.defer(() -> one(session, id, " FOR UPDATE"))));
    }

    @Override
    public Mono<Void> awaitTree() {
        return database.withSession(session -> Appender.lockHead(session).then());
    }

    @Override
    public Mono<Boolean> isUnder(UUID place, UUID other) {
        return database.withSession(session -> session.one(
                """
                WITH RECURSIVE above AS (
                    SELECT id, parent_id FROM location WHERE tenant_id = $1 AND id = $2
                    UNION SELECT l.id, l.parent_id FROM location l JOIN above a ON l.tenant_id = $1 AND l.id = a.parent_id)
                SELECT EXISTS (SELECT FROM above WHERE id = $3) AS under
                """, row -> truth(row, "under"), session.caller().tenant().value(), place, other));
    }

    @Override
    public Mono<LocalDate> findLatestDay(Scope<UUID> scope, Instant at) {
        return database.read(session -> session.all(
                        """
                        SELECT max(($3::timestamptz AT TIME ZONE time_zone)::date) AS day FROM location
                        WHERE tenant_id = $1 AND ($2::uuid[] IS NULL OR id = ANY ($2::uuid[])) HAVING count(*) > 0
                        """,
                        row -> Objects.requireNonNull(row.get("day", LocalDate.class)),
                        session.caller().tenant().value(),
                        Columns.ids(scope),
                        at))
                .next();
    }

    private static final String UNKNOWN_MANAGER = """
            SELECT m.id FROM unnest($2::uuid[]) AS m (id)
            WHERE NOT EXISTS (SELECT FROM account u WHERE u.tenant_id = $1 AND u.id = m.id) LIMIT 1
            """;

    private static Mono<Void> requireManagers(Session session, Location location) {
        return session.one(
                        UNKNOWN_MANAGER,
                        row -> uuid(row, "id"),
                        session.caller().tenant().value(),
                        location.managerIds().toArray(UUID[]::new))
                .flatMap(unknown -> Mono.error(new Problem.Contradiction(
                        "unknown-user", "managerIds", "user " + unknown + " does not exist")));
    }

    private static Mono<Location> one(Session session, UUID id, String lock) {
        return session.one(
                SELECT + " AND id = $2" + lock,
                PostgresLocations::toLocation,
                session.caller().tenant().value(),
                id);
    }

    @Override
    public Mono<Void> add(Location location, Event created) {
        return database.withSession(session -> requireManagers(session, location)
                        .then(session.update(
                                """
                        INSERT INTO location (tenant_id, id, code, name, kind, parent_id, region, country, climate_zone,
                                              address, lat, lon, time_zone, currency, manager_ids, active, version,
                                              created_at, created_by, updated_at, updated_by)
                        VALUES ($1, $2, $3, $4, $5, $6::uuid, $7, $8, $9, $10, $11::numeric, $12::numeric, $13, $14, $15,
                                true, 1, $16, $17, $16, $17)
                        """,
                                session.caller().tenant().value(),
                                location.id(),
                                location.code(),
                                location.name(),
                                location.kind(),
                                location.parentId(),
                                location.region(),
                                location.country(),
                                location.climateZone(),
                                location.address(),
                                location.lat(),
                                location.lon(),
                                location.timeZone().getId(),
                                location.currency(),
                                location.managerIds().toArray(UUID[]::new),
                                location.createdAt(),
                                location.createdBy())))
                .onErrorMap(error -> translated(error, location))
                .then(ledger.append(created));
    }

    private static Throwable translated(Throwable error, Location location) {
        if (Failures.duplicate(error).filter("location_code"::equals).isPresent()) {
            return new Problem.Conflict("code-taken", "location code " + location.code() + " is taken");
        }
        return Failures.isReference(error)
                ? new Problem.Contradiction(
                        "unknown-location", "parentId", "location " + location.parentId() + " does not exist")
                : error;
    }

    @Override
    public Mono<Void> store(Location location, List<Event> events) {
        return database.withSession(session -> requireManagers(session, location)
                        .then(session.update(
                                """
                        UPDATE location SET name = $3, kind = $4, parent_id = $5::uuid, region = $6, country = $7,
                               climate_zone = $8, address = $9, lat = $10::numeric, lon = $11::numeric, time_zone = $12,
                               currency = $13, manager_ids = $14, active = $15, version = $16, updated_at = $17,
                               updated_by = $18
                        WHERE tenant_id = $1 AND id = $2
                        """,
                                session.caller().tenant().value(),
                                location.id(),
                                location.name(),
                                location.kind(),
                                location.parentId(),
                                location.region(),
                                location.country(),
                                location.climateZone(),
                                location.address(),
                                location.lat(),
                                location.lon(),
                                location.timeZone().getId(),
                                location.currency(),
                                location.managerIds().toArray(UUID[]::new),
                                location.active(),
                                location.version(),
                                location.updatedAt(),
                                location.updatedBy())))
                .onErrorMap(error -> translated(error, location))
                .thenMany(Flux.fromIterable(events).concatMap(ledger::append))
                .then();
    }

    @Override
    public Mono<Boolean> isOccupied(UUID id) {
        return database.withSession(session -> session.one(
                """
                SELECT EXISTS (SELECT FROM stock WHERE tenant_id = $1 AND location_id = $2 AND quantity > 0)
                    OR EXISTS (SELECT FROM location WHERE tenant_id = $1 AND parent_id = $2 AND active) AS occupied
                """, row -> truth(row, "occupied"), session.caller().tenant().value(), id));
    }

    @Override
    public Flux<Location> list(
            Scope<UUID> scope,
            Location.@Nullable Kind kind,
            @Nullable Boolean active,
            @Nullable String afterCode,
            int limit) {
        return database.read(session -> session.query(
                SELECT + """
                         AND ($2::uuid[] IS NULL OR id = ANY ($2::uuid[])) AND ($3::text IS NULL OR kind = $3)
                         AND ($4::boolean IS NULL OR active = $4::boolean) AND ($5::text IS NULL OR code > $5)
                         ORDER BY code LIMIT\s""" + limit,
                PostgresLocations::toLocation,
                session.caller().tenant().value(),
                Columns.ids(scope),
                kind,
                active,
                afterCode));
    }

    static Location toLocation(Readable row) {
        return new Location(
                uuid(row, "id"),
                text(row, "code"),
                text(row, "name"),
                Location.Kind.valueOf(text(row, "kind")),
                maybeUuid(row, "parent_id"),
                maybeText(row, "region"),
                maybeText(row, "country"),
                maybeText(row, "climate_zone"),
                maybeText(row, "address"),
                maybeDecimal(row, "lat"),
                maybeDecimal(row, "lon"),
                ZoneId.of(text(row, "time_zone")),
                text(row, "currency"),
                uuids(row, "manager_ids"),
                truth(row, "active"),
                number(row, "version"),
                instant(row, "created_at"),
                text(row, "created_by"),
                instant(row, "updated_at"),
                text(row, "updated_by"));
    }
}
