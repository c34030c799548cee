package io.sluice.log.postgres;

import io.r2dbc.spi.Readable;
import io.sluice.log.Anchor;
import io.sluice.log.AnchorSeal;
import io.sluice.log.Caller;
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
import io.sluice.shared.TenantId;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Reads the log by position. */
final class PostgresEventLog implements EventLog {

    private static final String COLUMNS =
            "position, id, type, version, topics, subject, actor::text, cause::text, at, payload::text";
    private static final int PAGE = 2_000;

    private final Database database;
    private final AnchorSeal seal;
    private final AnchorFiles files;

    PostgresEventLog(Database database, AnchorSeal seal, AnchorFiles files) {
        this.database = database;
        this.seal = seal;
        this.files = files;
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
        return database.read(session -> session.one(
                        PackedEvents.SELECT,
                        row -> Rows.text(row, "events"),
                        session.caller().tenant().value(),
                        position,
                        position + limit))
                .concatMapIterable(PackedEvents::unpacked);
    }

    @Override
    public Flux<Recorded> find(EventQuery query) {
        String order = query.newestFirst() ? "DESC" : "ASC";
        return database.read(session -> session.query(
                "SELECT " + COLUMNS + """

                         FROM event WHERE tenant_id = $1
                          AND position > coalesce($2::bigint, 0) AND position < coalesce($3::bigint, 9223372036854775807)
                          AND ($4::text IS NULL OR $4 = ANY (topics))
                          AND ($5::text IS NULL OR type = $5 OR (right($5, 2) = '.*' AND starts_with(type, left($5, -1))))
                          AND ($6::text IS NULL OR subject = $6)
                         ORDER BY position\s""" + order + " LIMIT " + query.limit(),
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

    /** Page by page, so that no statement and no snapshot lasts as long as the log is. */
    @Override
    public Mono<Verification> verify() {
        return Mono.zip(bounds(), anchors())
                .flatMap(both -> both.getT1().stray() == null
                        ? walk(both.getT1().head(), both.getT2())
                        : Mono.just(new Verification(0, both.getT1().stray(), "lies outside the log")));
    }

    /** The head, and the first event that lies before the oldest or behind the head. */
    private record Bounds(Head head, @Nullable Long stray) {}

    private Mono<Bounds> bounds() {
        return database.snapshot(session -> head(session)
                        .flatMap(head -> session.one(
                                """
                        SELECT min(position) AS stray FROM event
                        WHERE tenant_id = $1 AND (position < $2 OR position > $3)
                        """,
                                row -> new Bounds(head, row.get("stray", Long.class)),
                                session.caller().tenant().value(),
                                head.oldest(),
                                head.position())))
                .next();
    }

    /** Those of the database and those that have left it: whoever deletes the first cannot reach the others. */
    private Mono<Map<Long, Collection<Anchor>>> anchors() {
        return database.read(session -> session.all(
                        "SELECT position, encode(hash, 'hex') AS hash, at, encode(signature, 'hex') AS signature"
                                + " FROM anchor WHERE tenant_id = $1",
                        PostgresEventLog::toAnchor,
                        session.caller().tenant().value()))
                .concatWith(Flux.deferContextual(
                        context -> files.of(context.get(Caller.class).tenant())))
                .collectMultimap(Anchor::position);
    }

    private static Anchor toAnchor(Readable row) {
        return new Anchor(
                Rows.number(row, "position"),
                Rows.text(row, "hash"),
                Rows.instant(row, "at"),
                Rows.text(row, "signature"));
    }

    private Mono<Verification> walk(Head head, Map<Long, Collection<Anchor>> anchors) {
        return Flux.deferContextual(context -> {
                    Walk start = Walk.from(
                            head.oldest(),
                            new Anchored(context.get(Caller.class).tenant(), anchors, seal));
                    return pages(head)
                            .flatMapSequential(after -> page(after, head), 2, 1)
                            .publishOn(Schedulers.parallel(), 1)
                            .scan(start, Walk::over);
                })
                .takeUntil(walk -> walk.broken() != null)
                .last()
                .map(walk -> walk.end(head));
    }

    private static Flux<Long> pages(Head head) {
        return Flux.generate(() -> head.oldest() - 1, (after, sink) -> {
            if (after < head.position()) {
                sink.next(after);
            } else {
                sink.complete();
            }
            return after + PAGE;
        });
    }

    private Mono<List<Stored>> page(long after, Head head) {
        return database.read(session -> session.all(
                        "SELECT " + COLUMNS + ", prev_hash, hash FROM event"
                                + " WHERE tenant_id = $1 AND position > $2 AND position <= $3 ORDER BY position",
                        row -> new Stored(toRecorded(row), Rows.bytes(row, "prev_hash"), Rows.bytes(row, "hash")),
                        session.caller().tenant().value(),
                        after,
                        Math.min(after + PAGE, head.position())))
                .collectList();
    }

    private record Stored(Recorded event, byte[] previous, byte[] hash) {

        byte[] hashByContent() {
            return HashChain.next(
                    previous,
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
                            canonical(event.payload())));
        }
    }

    /** What was said about the chain at a time, in the server's own hand. */
    private record Anchored(TenantId tenant, Map<Long, Collection<Anchor>> anchors, AnchorSeal seal) {

        /** Why the event is not the one that was anchored; null when it is, or none was. */
        @Nullable
        String complaint(long position, byte[] hash) {
            for (Anchor anchor : anchors.getOrDefault(position, List.of())) {
                String complaint = complaint(anchor, hash);
                if (complaint != null) {
                    return complaint;
                }
            }
            return null;
        }

        private @Nullable String complaint(Anchor anchor, byte[] hash) {
            if (!seal.sign(tenant, anchor.position(), anchor.hash(), anchor.at())
                    .equals(anchor.signature())) {
                return "the anchor of this position was not made by this server";
            }
            return anchor.hash().equals(HashChain.hex(hash))
                    ? null
                    : "differs from what was anchored at " + anchor.at();
        }
    }

    private static String canonical(String json) {
        return CanonicalJson.write(JsonText.any(json));
    }

    /** How far the chain was followed; {@code broken} ends the walk. */
    private record Walk(
            long next,
            byte @Nullable [] previous,
            Anchored anchored,
            long checked,
            @Nullable Long broken,
            @Nullable String reason) {

        static Walk from(long oldest, Anchored anchored) {
            return new Walk(oldest, oldest == 1 ? HashChain.origin() : null, anchored, 0, null, null);
        }

        Walk over(List<Stored> page) {
            Walk walk = this;
            for (int i = 0; i < page.size() && walk.broken() == null; i++) {
                walk = walk.step(page.get(i));
            }
            return walk;
        }

        private Walk step(Stored stored) {
            long position = stored.event().position();
            if (position > next) {
                return broken(next, "position " + next + " is missing");
            }
            if (position < next) {
                return broken(position, "position " + position + " is there twice");
            }
            if (previous != null && !Arrays.equals(previous, stored.previous())) {
                return broken(position, "does not follow the event before it");
            }
            if (!Arrays.equals(stored.hashByContent(), stored.hash())) {
                return broken(position, "content and hash differ");
            }
            String complaint = anchored.complaint(position, stored.hash());
            return complaint == null
                    ? new Walk(next + 1, stored.hash(), anchored, checked + 1, null, null)
                    : broken(position, complaint);
        }

        private Walk broken(long position, String why) {
            return new Walk(next, previous, anchored, checked, position, why);
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

        /** The first position that is missing before the head; the head's own when its hash differs. */
        private long offHead(Head head) {
            return Math.min(next, head.position());
        }
    }
}
