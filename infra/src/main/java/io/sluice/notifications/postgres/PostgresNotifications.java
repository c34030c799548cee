package io.sluice.notifications.postgres;

import static io.sluice.postgres.Rows.*;

import io.r2dbc.spi.Readable;
import io.sluice.log.CanonicalJson;
import io.sluice.log.Ledger;
import io.sluice.notifications.Notification;
import io.sluice.notifications.NotificationEvents;
import io.sluice.notifications.Notifications;
import io.sluice.postgres.Database;
import io.sluice.postgres.JsonText;
import io.sluice.shared.Problem;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Inboxes as plain rows. */
final class PostgresNotifications implements Notifications {

    private static final String MARK = """
            UPDATE notification SET read_at = $3 WHERE tenant_id = $1 AND account_id = $2 AND read_at IS NULL
            """;

    private final Database database;
    private final Ledger ledger;

    PostgresNotifications(Database database, Ledger ledger) {
        this.database = database;
        this.ledger = ledger;
    }

    /** Writes one that its person does not have yet, with its event. */
    Mono<Void> add(Notification it) {
        return database.withSession(session -> session.update(
                        """
                        INSERT INTO notification (tenant_id, id, account_id, type, severity, title, message, data, subject,
                                                  event_position, created_at)
                        VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11)
                        ON CONFLICT ON CONSTRAINT notification_once DO NOTHING
                        """,
                        session.caller().tenant().value(),
                        it.id(),
                        it.account(),
                        it.type(),
                        it.severity(),
                        it.title(),
                        it.message(),
                        CanonicalJson.write(it.data()),
                        it.subject(),
                        it.eventPosition(),
                        it.createdAt()))
                .flatMap(added -> added == 0 ? Mono.empty() : ledger.append(NotificationEvents.created(it)));
    }

    @Override
    public Flux<Notification> list(UUID account, boolean unreadOnly, @Nullable UUID before, int limit) {
        return database.read(session -> session.all(
                """
                SELECT id, account_id, type, severity, title, message, data::text, subject, event_position, created_at,
                       read_at
                FROM notification
                WHERE tenant_id = $1 AND account_id = $2 AND (NOT $3 OR read_at IS NULL)
                  AND ($4::uuid IS NULL OR id < $4::uuid)
                ORDER BY id DESC LIMIT $5
                """,
                PostgresNotifications::toNotification,
                session.caller().tenant().value(),
                account,
                unreadOnly,
                before,
                limit));
    }

    @Override
    public Mono<Long> unread(UUID account) {
        return database.read(session -> session.one(
                        "SELECT count(*) AS unread FROM notification"
                                + " WHERE tenant_id = $1 AND account_id = $2 AND read_at IS NULL",
                        row -> number(row, "unread"),
                        session.caller().tenant().value(),
                        account))
                .next();
    }

    @Override
    public Mono<Void> read(UUID account, UUID id, Instant now) {
        return database.withSession(session -> session.one(
                        "SELECT id FROM notification WHERE tenant_id = $1 AND account_id = $2 AND id = $3",
                        row -> uuid(row, "id"),
                        session.caller().tenant().value(),
                        account,
                        id)
                .switchIfEmpty(Mono.error(() -> new Problem.NotFound("notification", id)))
                .thenMany(session.all(
                        MARK + " AND id = $4 RETURNING id",
                        row -> uuid(row, "id"),
                        session.caller().tenant().value(),
                        account,
                        now,
                        id))
                .collectList()
                .flatMap(marked -> told(account, marked)));
    }

    @Override
    public Mono<Void> readAll(UUID account, Instant until, Instant now) {
        return database.withSession(session -> session.all(
                        MARK + " AND created_at <= $4 RETURNING id",
                        row -> uuid(row, "id"),
                        session.caller().tenant().value(),
                        account,
                        now,
                        until)
                .collectList()
                .flatMap(marked -> told(account, marked)));
    }

    private Mono<Void> told(UUID account, List<UUID> marked) {
        return marked.isEmpty() ? Mono.empty() : ledger.append(NotificationEvents.read(account, marked));
    }

    private static Notification toNotification(Readable row) {
        return new Notification(
                uuid(row, "id"),
                uuid(row, "account_id"),
                text(row, "type"),
                Notification.Severity.valueOf(text(row, "severity")),
                text(row, "title"),
                text(row, "message"),
                JsonText.object(text(row, "data")),
                text(row, "subject"),
                number(row, "event_position"),
                instant(row, "created_at"),
                maybeInstant(row, "read_at"));
    }
}
