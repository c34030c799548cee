package io.sluice.access.postgres;

import io.r2dbc.spi.Readable;
import io.sluice.access.LoginGuard;
import io.sluice.access.LoginGuards;
import io.sluice.log.CanonicalJson;
import io.sluice.postgres.Database;
import io.sluice.postgres.Rows;
import io.sluice.postgres.Session;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** Guards by name; each failure stored clears away some that are over, so that guessed names do not pile up. */
final class PostgresLoginGuards implements LoginGuards {

    private static final String COLUMNS = "username, failures, locked_until";

    private final Database database;

    PostgresLoginGuards(Database database) {
        this.database = database;
    }

    @Override
    public Mono<LoginGuard> require(String name) {
        return database.read(session -> session.one(
                        "SELECT " + COLUMNS + " FROM login_guard WHERE tenant_id = $1 AND username = $2",
                        PostgresLoginGuards::toGuard,
                        tenantOf(session),
                        name))
                .next()
                .defaultIfEmpty(LoginGuard.clean(name));
    }

    @Override
    public Mono<LoginGuard> requireForChange(String name) {
        return database.withSession(session -> session.one("""
                INSERT INTO login_guard (tenant_id, username) VALUES ($1, $2)
                ON CONFLICT (tenant_id, username) DO UPDATE SET username = excluded.username
                RETURNING username, failures, locked_until
                """, PostgresLoginGuards::toGuard, tenantOf(session), name));
    }

    @Override
    public Mono<Void> store(LoginGuard guard) {
        return database.withSession(session -> session.update(
                                """
                                UPDATE login_guard SET failures = ARRAY(
                                           SELECT jsonb_array_elements_text($3::jsonb)::timestamptz),
                                       locked_until = $4::timestamptz, last_at = now()
                                WHERE tenant_id = $1 AND username = $2
                                """,
                                tenantOf(session),
                                guard.name(),
                                CanonicalJson.write(guard.failures()),
                                guard.lockedUntil())
                        .then(tidy(session)))
                .then();
    }

    private static Mono<Long> tidy(Session session) {
        return session.update("""
                DELETE FROM login_guard WHERE tenant_id = $1 AND username IN (
                    SELECT username FROM login_guard
                    WHERE tenant_id = $1 AND last_at < now() - $2 * interval '1 second'
                    ORDER BY last_at LIMIT 20 FOR UPDATE SKIP LOCKED)
                """, tenantOf(session), LoginGuard.WINDOW.toSeconds() * 2);
    }

    private static UUID tenantOf(Session session) {
        return session.caller().tenant().value();
    }

    private static LoginGuard toGuard(Readable row) {
        OffsetDateTime[] failures = row.get("failures", OffsetDateTime[].class);
        List<Instant> times = failures == null
                ? List.of()
                : Arrays.stream(failures).map(OffsetDateTime::toInstant).toList();
        return new LoginGuard(Rows.text(row, "username"), times, Rows.maybeInstant(row, "locked_until"));
    }
}
