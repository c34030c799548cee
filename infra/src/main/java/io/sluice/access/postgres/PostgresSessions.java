package io.sluice.access.postgres;

import io.r2dbc.spi.Readable;
import io.sluice.access.AccessEvents;
import io.sluice.access.AccountStatus;
import io.sluice.access.LoginSession;
import io.sluice.access.Sessions;
import io.sluice.access.Standing;
import io.sluice.access.TenantStatus;
import io.sluice.log.Event;
import io.sluice.log.Ledger;
import io.sluice.postgres.Database;
import io.sluice.postgres.Rows;
import io.sluice.postgres.Session;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Sessions, and what they may do now. */
final class PostgresSessions implements Sessions {

    private static final String COLUMNS = """
            id, account_id, kind, generation, last_seen_at, expires_at, ended_at, end_reason, address, user_agent,
            created_at
            """;

    private final Database database;
    private final Ledger ledger;

    PostgresSessions(Database database, Ledger ledger) {
        this.database = database;
        this.ledger = ledger;
    }

    @Override
    public Mono<LoginSession> find(UUID id) {
        return database.read(session -> find(session, id, "")).next();
    }

    @Override
    public Mono<LoginSession> findForChange(UUID id) {
        return database.withSession(session -> find(session, id, " FOR UPDATE"));
    }

    private static Mono<LoginSession> find(Session session, UUID id, String lock) {
        return session.one(
                "SELECT " + COLUMNS + " FROM session WHERE tenant_id = $1 AND id = $2" + lock,
                PostgresSessions::toSession,
                tenantOf(session),
                id);
    }

    @Override
    public Flux<LoginSession> list(UUID account, Instant now) {
        return database.read(session -> session.all(
                "SELECT " + COLUMNS + """
                         FROM session
                         WHERE tenant_id = $1 AND account_id = $2 AND ended_at IS NULL
                           AND expires_at > $3 AND last_seen_at > $4
                         ORDER BY id DESC LIMIT 200
                        """,
                PostgresSessions::toSession,
                tenantOf(session),
                account,
                now,
                now.minus(LoginSession.IDLE)));
    }

    @Override
    public Mono<Standing> findStanding(UUID id) {
        return database.read(session -> session.one(
                        """
                        SELECT a.id, a.username, t.status AS tenant_status, a.status, s.ended_at IS NULL AS open,
                               s.expires_at, %s
                        FROM session s
                        JOIN account a ON a.tenant_id = s.tenant_id AND a.id = s.account_id
                        JOIN tenant t ON t.tenant_id = s.tenant_id
                        WHERE s.tenant_id = $1 AND s.id = $2
                        """.formatted(GrantRows.OF_ACCOUNT), PostgresSessions::toStanding, tenantOf(session), id))
                .next();
    }

    @Override
    public Mono<Void> create(LoginSession it, Event event) {
        return database.withSession(session -> session.update(
                        """
                        INSERT INTO session (tenant_id, id, account_id, kind, generation, last_seen_at, expires_at,
                                             address, user_agent, created_at)
                        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                        """,
                        tenantOf(session),
                        it.id(),
                        it.account(),
                        it.kind(),
                        it.generation(),
                        it.lastSeenAt(),
                        it.expiresAt(),
                        it.address(),
                        it.userAgent(),
                        it.createdAt()))
                .then(ledger.append(event));
    }

    @Override
    public Mono<Void> store(LoginSession it) {
        return database.withSession(session -> session.update(
                        """
                        UPDATE session SET generation = $3, last_seen_at = $4, ended_at = $5::timestamptz, end_reason = $6
                        WHERE tenant_id = $1 AND id = $2
                        """,
                        tenantOf(session),
                        it.id(),
                        it.generation(),
                        it.lastSeenAt(),
                        it.endedAt(),
                        it.endReason()))
                .then();
    }

    @Override
    public Mono<Void> store(LoginSession session, Event event) {
        return store(session).then(ledger.append(event));
    }

    @Override
    public Mono<Void> endAll(UUID account, @Nullable UUID but, String reason, Instant now) {
        return database.withSession(session -> session.all(
                                "UPDATE session SET ended_at = $4, end_reason = $5"
                                        + " WHERE tenant_id = $1 AND account_id = $2 AND ended_at IS NULL"
                                        + " AND id IS DISTINCT FROM $3::uuid RETURNING "
                                        + COLUMNS,
                                PostgresSessions::toSession,
                                tenantOf(session),
                                account,
                                but,
                                now,
                                reason)
                        .collectList())
                .flatMapIterable(ended -> ended)
                .concatMap(ended -> ledger.append(AccessEvents.sessionEnded(ended, reason)))
                .then();
    }

    private static UUID tenantOf(Session session) {
        return session.caller().tenant().value();
    }

    private static Standing toStanding(Readable row) {
        return new Standing(
                Rows.uuid(row, "id"),
                Rows.text(row, "username"),
                TenantStatus.valueOf(Rows.text(row, "tenant_status")),
                AccountStatus.valueOf(Rows.text(row, "status")),
                Rows.truth(row, "open"),
                Rows.instant(row, "expires_at"),
                GrantRows.parse(Rows.text(row, "grants")));
    }

    private static LoginSession toSession(Readable row) {
        return new LoginSession(
                Rows.uuid(row, "id"),
                Rows.uuid(row, "account_id"),
                LoginSession.Kind.valueOf(Rows.text(row, "kind")),
                Rows.integer(row, "generation"),
                Rows.instant(row, "last_seen_at"),
                Rows.instant(row, "expires_at"),
                Rows.maybeInstant(row, "ended_at"),
                Rows.maybeText(row, "end_reason"),
                Rows.maybeText(row, "address"),
                Rows.maybeText(row, "user_agent"),
                Rows.instant(row, "created_at"));
    }
}
