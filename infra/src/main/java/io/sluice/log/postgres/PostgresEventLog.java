package io.sluice.log.postgres;

import io.r2dbc.spi.Readable;
import io.sluice.log.CanonicalJson;
import io.sluice.log.EventLog;
import io.sluice.log.EventQuery;
import io.sluice.log.HashChain;
import io.sluice.log.Head;
import io.sluice.log.Recorded;
import io.sluice.log.Verification;
import io.sluice.postgres.Database;
import io.sluice.postgres.JsonText;
import io.sluice.postgres.Rows;
import io.sluice.postgres.Session;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Reads the log by position. */
final class PostgresEventLog implements EventLog {

    private static final String COLUMNS =
            "position, id, type, version, topics, subject, actor::text, cause::text, at, payload::text";
    private final Database database;

    PostgresEventLog(Database database) {
        this.database = database;
    }

    @Override
    public Mono<Head> head() {
        return database.read(PostgresEventLog::head).next();
    }

    static Mono<Head> head(Session session) {
        return session.one(
                "SELECT head, encode(head_hash, 'hex') AS hash, head_at, oldest FROM tenant_log WHERE tenant_id = $1",
                row -> new Head(
                        Rows.number(row, "head"),
                        Rows.text(row, "hash"),
                        Rows.instant(row, "head_at"),
                        Rows.number(row, "oldest")),
                session.caller().tenant().value());
    }

    @Override
    public Flux<Recorded> after(long position, int limit) {
        return database.read(session -> session.all(
                "SELECT " + COLUMNS + " FROM event WHERE tenant_id = $1 AND position > $2 AND position <= $3"
                        + " ORDER BY position",
                PostgresEventLog::toRecorded,
                session.caller().tenant().value(),
                position,
                position + limit));
    }

    @Override
    public Flux<Recorded> find(EventQuery query) {
        String order = query.newestFirst() ? "DESC" : "ASC";
        return database.read(session -> session.query(
                "SELECT " + COLUMNS + " "
                        + """
                         FROM event WHERE tenant_id = $1
                          AND position > coalesce($2::bigint, 0) AND position < coalesce($3::bigint, 9223372036854775807)
                          AND ($4::text IS NULL OR $4 = ANY (topics))
                          AND ($5::text IS NULL OR type = $5 OR (right($5, 2) = '.*' AND starts_with(type, left($5, -1))))
                          AND ($6::text IS NULL OR subject = $6)
                         ORDER BY position\s"""
                        + order + " LIMIT " + query.limit(),
                PostgresEventLog::toRecorded,
                session.caller().tenant().value(),
                query.after(),
                query.before(),
                query.topic(),
                query.type(),
                query.subject()));
    }

    static Recorded toRecorded(Readable row) {
        return new Recorded(
                Rows.number(row, "position"),
                Rows.uuid(row, "id"),
                Rows.text(row, "type"),
                Rows.integer(row, "version"),
                Rows.texts(row, "topics"),
                Rows.text(row, "subject"),
                Rows.text(row, "actor"),
                Rows.text(row, "cause"),
                Rows.instant(row, "at"),
                Rows.text(row, "payload"));
    }

    @Override
    public Mono<Verification> verify() {
        return database.snapshot(session -> head(session)
                        .flatMap(head -> session.query(
                                        "SELECT " + COLUMNS + ", prev_hash, hash FROM event"
                                                + " WHERE tenant_id = $1 ORDER BY position",
                                        PostgresEventLog::toLink,
                                        session.caller().tenant().value())
                                .scan(Walk.from(head.oldest()), Walk::step)
                                .takeUntil(walk -> walk.broken() != null)
                                .last()
                                .map(walk -> walk.end(head))))
                .next();
    }

    private record Link(Recorded event, byte[] previous, byte[] hash) {}

    private static Link toLink(Readable row) {
        Recorded event = toRecorded(row);
        return new Link(
                new Recorded(
                        event.position(),
                        event.id(),
                        event.type(),
                        event.version(),
                        event.topics(),
                        event.subject(),
                        canonical(event.actor()),
                        canonical(event.cause()),
                        event.at(),
                        canonical(event.payload())),
                Rows.bytes(row, "prev_hash"),
                Rows.bytes(row, "hash"));
    }

    private static String canonical(String json) {
        return CanonicalJson.write(JsonText.any(json));
    }

    /** How far the chain was followed; {@code broken} ends the walk. */
    private record Walk(long next, byte @Nullable [] previous, long checked, @Nullable Long broken, @Nullable String reason) {

        static Walk from(long oldest) {
            return new Walk(oldest, oldest == 1 ? HashChain.origin() : null, 0, null, null);
        }

        Walk step(Link link) {
            long position = link.event().position();
            if (position > next) {
                return broken(next, "position " + next + " is missing");
            }
            if (position < next) {
                return broken(position, "position " + position + " is there twice");
            }
            if (previous != null && !Arrays.equals(previous, link.previous())) {
                return broken(position, "does not follow the event before it");
            }
            if (!Arrays.equals(HashChain.next(link.previous(), link.event()), link.hash())) {
                return broken(position, "content and hash differ");
            }
            return new Walk(next + 1, link.hash(), checked + 1, null, null);
        }

        private Walk broken(long position, String why) {
            return new Walk(next, previous, checked, position, why);
        }

        Verification end(Head head) {
            if (broken != null) {
                return new Verification(checked, broken, reason);
            }
            boolean ends = next - 1 == head.position()
                    && (previous == null || HashChain.hex(previous).equals(head.hash()));
            return ends
                    ? new Verification(checked, null, null)
                    : new Verification(checked, offHead(head), "the head is not the last event");
        }

        /** The first position that is missing before the head, or lies behind it; the head's own when its hash differs. */
        private long offHead(Head head) {
            long last = next - 1;
            return last < head.position() ? next : last > head.position() ? head.position() + 1 : last;
        }
    }
}
