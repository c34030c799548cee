package io.sluice.access.postgres;

import io.r2dbc.spi.Readable;
import io.sluice.access.Account;
import io.sluice.access.AccountQuery;
import io.sluice.access.AccountStatus;
import io.sluice.access.Accounts;
import io.sluice.access.Grant;
import io.sluice.access.PasswordHash;
import io.sluice.access.Profile;
import io.sluice.access.Role;
import io.sluice.access.Scope;
import io.sluice.log.Actor;
import io.sluice.log.Event;
import io.sluice.log.Ledger;
import io.sluice.postgres.Database;
import io.sluice.postgres.Failures;
import io.sluice.postgres.Rows;
import io.sluice.postgres.Session;
import io.sluice.shared.Ids;
import io.sluice.shared.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Accounts with their grants. {@code LOCKED} is not kept: an active account is locked while its name's guard is. */
final class PostgresAccounts implements Accounts {

    private static final String STATUS = """
            CASE WHEN a.status = 'ACTIVE' AND EXISTS (
                SELECT FROM login_guard g WHERE g.tenant_id = a.tenant_id AND g.username = lower(a.username)
                                            AND g.locked_until > now()) THEN 'LOCKED' ELSE a.status END
            """;
    private static final String SELECT = """
            SELECT a.id, a.username, a.email, a.display_name, a.locale, a.time_zone, a.password_hash, a.last_login_at,
                   a.version, a.created_at, %s AS status, %s
            FROM account a
            """.formatted(STATUS, GrantRows.OF_ACCOUNT);
    private static final String MATCHING = """
             WHERE a.tenant_id = $1 AND a.status <> 'ERASED'
               AND ($2::text IS NULL OR $2 = %s)
               AND ($3::text IS NULL OR EXISTS (
                   SELECT FROM role_grant r WHERE r.tenant_id = a.tenant_id AND r.account_id = a.id AND r.role = $3
                      AND (r.valid_from IS NULL OR r.valid_from <= now())
                      AND (r.valid_until IS NULL OR r.valid_until > now())))
               AND ($4::text IS NULL OR a.username ILIKE $4 OR a.email ILIKE $4 OR a.display_name ILIKE $4)
            """.formatted(STATUS);

    private final Database database;
    private final Ledger ledger;

    PostgresAccounts(Database database, Ledger ledger) {
        this.database = database;
        this.ledger = ledger;
    }

    @Override
    public Mono<Account> find(UUID id) {
        return database.read(session -> session.one(
                        SELECT + " WHERE a.tenant_id = $1 AND a.id = $2",
                        PostgresAccounts::toAccount,
                        tenantOf(session),
                        id))
                .next();
    }

    @Override
    public Mono<Account> findByUsername(String username) {
        return database.read(session -> session.one(
                        SELECT + " WHERE a.tenant_id = $1 AND lower(a.username) = lower($2)",
                        PostgresAccounts::toAccount,
                        tenantOf(session),
                        username))
                .next();
    }

    /** Locks first and reads then, so that what is read is what the one before left. */
    @Override
    public Mono<Account> requireForChange(UUID id) {
        return database.withSession(session -> session.one(
                        "SELECT id FROM account WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE",
                        row -> Rows.uuid(row, "id"),
                        tenantOf(session),
                        id))
                .then(Mono.defer(() -> require(id)));
    }

    @Override
    public Flux<Account> list(AccountQuery query) {
        return database.read(session -> session.query(
                SELECT + MATCHING
                        + " AND lower(a.username) > coalesce($5::text, '') ORDER BY lower(a.username) LIMIT $6",
                PostgresAccounts::toAccount,
                tenantOf(session),
                word(query.status()),
                word(query.role()),
                pattern(query.search()),
                query.after(),
                query.limit()));
    }

    @Override
    public Mono<Long> count(AccountQuery query) {
        return database.read(session -> session.one(
                        "SELECT count(*) AS n FROM account a" + MATCHING,
                        row -> Rows.number(row, "n"),
                        tenantOf(session),
                        word(query.status()),
                        word(query.role()),
                        pattern(query.search())))
                .next();
    }

    private static @Nullable String word(@Nullable AccountStatus status) {
        return status == null ? null : status.name();
    }

    private static @Nullable String word(@Nullable Role role) {
        return role == null ? null : role.word();
    }

    private static @Nullable String pattern(@Nullable String search) {
        return search == null ? null : "%" + search.replaceAll("([\\\\%_])", "\\\\$1") + "%";
    }

    /** Under the tenant's row lock: two administrators cannot take away each other's rights at once. */
    @Override
    public Mono<Long> countOtherAdmins(UUID account, Instant now) {
        return database.withSession(session -> session.one(
                        "SELECT tenant_id FROM tenant WHERE tenant_id = $1 FOR NO KEY UPDATE",
                        row -> Rows.uuid(row, "tenant_id"),
                        tenantOf(session))
                .then(session.one("""
                        SELECT count(DISTINCT a.id) AS n
                        FROM account a JOIN role_grant r ON r.tenant_id = a.tenant_id AND r.account_id = a.id
                        WHERE a.tenant_id = $1 AND a.id <> $2 AND a.status = 'ACTIVE' AND r.role = 'admin'
                          AND (r.valid_from IS NULL OR r.valid_from <= $3) AND r.valid_until IS NULL
                        """, row -> Rows.number(row, "n"), tenantOf(session), account, now)));
    }

    @Override
    public Mono<Void> create(Account account, Event event) {
        Profile profile = account.profile();
        return database.withSession(session -> session.update(
                                """
                                INSERT INTO account (tenant_id, id, username, email, display_name, status,
                                                     password_hash, locale, time_zone, created_at)
                                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                                """,
                                tenantOf(session),
                                account.id(),
                                account.username(),
                                profile.email(),
                                profile.displayName(),
                                account.status(),
                                encoded(account.password()),
                                profile.locale(),
                                profile.timeZone(),
                                account.createdAt())
                        .then(insertGrants(session, account)))
                .onErrorMap(PostgresAccounts::translate)
                .then(ledger.append(event));
    }

    @Override
    public Mono<Void> store(Account account, Event event) {
        Profile profile = account.profile();
        AccountStatus kept = account.status() == AccountStatus.LOCKED ? AccountStatus.ACTIVE : account.status();
        return database.withSession(session -> session.update(
                        """
                        UPDATE account SET email = $3, display_name = $4, locale = $5, time_zone = $6, status = $7,
                                           password_hash = $8, version = $9, updated_at = now()
                        WHERE tenant_id = $1 AND id = $2 AND version = $9 - 1
                        """,
                        tenantOf(session),
                        account.id(),
                        profile.email(),
                        profile.displayName(),
                        profile.locale(),
                        profile.timeZone(),
                        kept,
                        encoded(account.password()),
                        account.version()))
                .onErrorMap(PostgresAccounts::translate)
                .filter(changed -> changed == 1)
                .switchIfEmpty(Mono.error(() -> new Problem.Stale(account.version())))
                .then(ledger.append(event));
    }

    @Override
    public Mono<Void> storeGrants(Account account, Event event) {
        return database.withSession(session -> session.update(
                                "DELETE FROM role_grant WHERE tenant_id = $1 AND account_id = $2",
                                tenantOf(session),
                                account.id())
                        .then(insertGrants(session, account)))
                .then(store(account, event));
    }

    private static Mono<Void> insertGrants(Session session, Account account) {
        if (account.grants().isEmpty()) {
            return Mono.empty();
        }
        return requireLocations(session, account.grants())
                .then(session.update(
                        GrantRows.INSERT,
                        tenantOf(session),
                        account.id(),
                        GrantRows.write(account.grants(), _ -> Ids.next()),
                        granter(session)))
                .then();
    }

    private static Mono<Void> requireLocations(Session session, List<Grant> grants) {
        UUID[] named =
                grants.stream().flatMap(PostgresAccounts::locations).distinct().toArray(UUID[]::new);
        if (named.length == 0) {
            return Mono.empty();
        }
        return session.one("""
                        SELECT id FROM unnest($2::uuid[]) AS named (id)
                        WHERE NOT EXISTS (SELECT FROM location l WHERE l.tenant_id = $1 AND l.id = named.id)
                        """, row -> Rows.uuid(row, "id"), tenantOf(session), named)
                .flatMap(id -> Mono.error(
                        new Problem.Contradiction("unknown-location", "grants", "location " + id + " does not exist")));
    }

    private static Stream<UUID> locations(Grant grant) {
        return switch (grant.locations()) {
            case Scope.All<UUID> _ -> Stream.of();
            case Scope.Only<UUID>(var ids) -> ids.stream();
        };
    }

    private static @Nullable UUID granter(Session session) {
        Actor actor = session.caller().actor();
        return actor.kind() == Actor.Kind.USER ? UUID.fromString(actor.id()) : null;
    }

    @Override
    public Mono<Void> storeLogin(UUID account, Instant at) {
        return database.withSession(session -> session.update(
                        "UPDATE account SET last_login_at = $3 WHERE tenant_id = $1 AND id = $2",
                        tenantOf(session),
                        account,
                        at))
                .then();
    }

    private static Throwable translate(Throwable error) {
        return Failures.duplicate(error)
                .<Throwable>map(name -> taken(name.equals("account_email") ? "email" : "username"))
                .orElse(error);
    }

    private static Problem taken(String field) {
        return new Problem.Conflict("duplicate", "this " + field + " is taken", Map.of("field", field));
    }

    private static @Nullable String encoded(@Nullable PasswordHash hash) {
        return hash == null ? null : hash.encoded();
    }

    private static UUID tenantOf(Session session) {
        return session.caller().tenant().value();
    }

    private static Account toAccount(Readable row) {
        String hash = Rows.maybeText(row, "password_hash");
        return new Account(
                Rows.uuid(row, "id"),
                Rows.text(row, "username"),
                new Profile(
                        Rows.text(row, "email"),
                        Rows.text(row, "display_name"),
                        Rows.maybeText(row, "locale"),
                        Rows.maybeText(row, "time_zone")),
                AccountStatus.valueOf(Rows.text(row, "status").toUpperCase(Locale.ROOT)),
                hash == null ? null : new PasswordHash(hash),
                GrantRows.parse(Rows.text(row, "grants")),
                Rows.maybeInstant(row, "last_login_at"),
                Rows.number(row, "version"),
                Rows.instant(row, "created_at"));
    }
}
