package io.sluice.log.postgres;

import io.r2dbc.spi.Readable;
import io.sluice.log.Actor;
import io.sluice.log.Caller;
import io.sluice.log.CanonicalJson;
import io.sluice.log.Cause;
import io.sluice.log.Event;
import io.sluice.log.HashChain;
import io.sluice.log.OnceKey;
import io.sluice.log.Recorded;
import io.sluice.log.StoredAnswer;
import io.sluice.postgres.Rows;
import io.sluice.postgres.Session;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Gives events their positions under the tenant's head lock and writes them with the head and the keys of their
 * commands: the last statement before the commit.
 */
public final class Appender {

    /** The head as it is while this transaction holds its lock. */
    public record LockedHead(long position, byte[] hash, Instant at) {}

    /** An event with the one who caused it. */
    public record Draft(Caller caller, Event event) {}

    /** An event that has its position, and the hashes around it. */
    public record Linked(Recorded event, byte[] previous, byte[] hash) {}

    /** A key that this transaction takes, with the answer that its repetitions get. */
    public record Taken(OnceKey key, StoredAnswer answer) {}

    private static final String APPEND =
            """
            WITH moved_head AS (
                UPDATE tenant_log SET head = $2, head_hash = decode($3, 'hex'), head_at = $4
                WHERE tenant_id = $1),
            taken AS (
                INSERT INTO command_key (tenant_id, scope, key, digest, status, answer, etag, location, position, expires_at)
                SELECT $1, k.scope, k.key, k.digest, k.status, k.answer, nullif(k.etag, ''), nullif(k.location, ''),
                       k.position, CASE WHEN k.life > 0 THEN $4 + k.life * interval '1 second' END
                FROM unnest($15::text[], $16::text[], $17::text[], $18::int[], $19::text[], $20::text[], $21::text[],
                            $22::bigint[], $23::bigint[])
                     AS k (scope, key, digest, status, answer, etag, location, position, life))
            INSERT INTO event (tenant_id, position, id, type, version, topics, subject, actor, cause, at, payload,
                               prev_hash, hash)
            SELECT $1, e.position, e.id, e.type, e.version, string_to_array(e.topics, ' '), e.subject, e.actor::jsonb,
                   e.cause::jsonb, $4, e.payload::jsonb, decode(e.prev, 'hex'), decode(e.hash, 'hex')
            FROM unnest($5::bigint[], $6::uuid[], $7::text[], $8::int[], $9::text[], $10::text[], $11::text[],
                        $12::text[], $13::text[], $14::text[], $24::text[])
                 AS e (position, id, type, version, topics, subject, actor, cause, payload, prev, hash)
            """;

    public static final String LOCK_HEAD =
            "SELECT head, head_hash, head_at FROM tenant_log WHERE tenant_id = $1 FOR UPDATE";

    private Appender() {}

    public static Mono<LockedHead> lockHead(Session session) {
        return session.one(LOCK_HEAD, Appender::toLockedHead, session.caller().tenant().value());
    }

    public static LockedHead toLockedHead(Readable row) {
        return new LockedHead(
                Rows.number(row, "head"), Rows.bytes(row, "head_hash"), Rows.instant(row, "head_at"));
    }

    /** The commit time of this transaction: microseconds, never before the log's last event. */
    public static Instant timeAfter(LockedHead head, Instant now) {
        Instant micros = now.truncatedTo(ChronoUnit.MICROS);
        return micros.isBefore(head.at()) ? head.at() : micros;
    }

    /** Links the events behind the head, in order. */
    public static List<Linked> link(LockedHead head, Instant at, List<Draft> drafts) {
        List<Linked> linked = new ArrayList<>(drafts.size());
        Map<Object, String> texts = new HashMap<>();
        long position = head.position();
        byte[] previous = head.hash();
        for (Draft draft : drafts) {
            Recorded recorded = toRecorded(draft, ++position, at, texts);
            byte[] hash = HashChain.next(previous, recorded);
            linked.add(new Linked(recorded, previous, hash));
            previous = hash;
        }
        return linked;
    }

    private static Recorded toRecorded(Draft draft, long position, Instant at, Map<Object, String> texts) {
        Event event = draft.event();
        String payload = CanonicalJson.write(event.payload());
        if (payload.length() > MAX_PAYLOAD) {
            throw new io.sluice.shared.Problem.TooLarge("payload-too-large", "an event takes at most 256 KiB");
        }
        return new Recorded(
                position,
                event.id(),
                event.type().name(),
                event.type().version(),
                event.topics().stream().map(Object::toString).toList(),
                event.subject(),
                texts.computeIfAbsent(draft.caller().actor(), actor -> toJson((Actor) actor)),
                texts.computeIfAbsent(draft.caller().cause(), cause -> toJson((Cause) cause)),
                at,
                payload);
    }

    private static final int MAX_PAYLOAD = 256 * 1024;

    private static String toJson(Actor actor) {
        Map<String, @Nullable Object> fields = new HashMap<>();
        fields.put("kind", actor.kind());
        fields.put("id", actor.id());
        if (actor.onBehalfOf() != null) {
            fields.put("onBehalfOf", actor.onBehalfOf());
        }
        return CanonicalJson.write(fields);
    }

    private static String toJson(Cause cause) {
        Map<String, @Nullable Object> fields = new HashMap<>();
        fields.put("requestId", cause.requestId());
        fields.put("traceId", cause.traceId());
        fields.put("route", cause.route());
        if (cause.connectionId() != null) {
            fields.put("connectionId", cause.connectionId());
        }
        return CanonicalJson.write(fields);
    }

    /** Writes events, head and keys in one statement; nothing to write is no statement. */
    public static Mono<Void> write(Session session, LockedHead head, Instant at, List<Linked> events, List<Taken> taken) {
        if (events.isEmpty() && taken.isEmpty()) {
            return Mono.empty();
        }
        int n = events.size();
        var positions = new Long[n];
        var ids = new java.util.UUID[n];
        var types = new String[n];
        var versions = new Integer[n];
        var topics = new String[n];
        var subjects = new String[n];
        var actors = new String[n];
        var causes = new String[n];
        var payloads = new String[n];
        var previous = new String[n];
        var hashes = new String[n];
        for (int i = 0; i < n; i++) {
            Recorded event = events.get(i).event();
            positions[i] = event.position();
            ids[i] = event.id();
            types[i] = event.type();
            versions[i] = event.version();
            topics[i] = String.join(" ", event.topics());
            subjects[i] = event.subject();
            actors[i] = event.actor();
            causes[i] = event.cause();
            payloads[i] = event.payload();
            previous[i] = HashChain.hex(events.get(i).previous());
            hashes[i] = HashChain.hex(events.get(i).hash());
        }
        int k = taken.size();
        var scopes = new String[k];
        var keys = new String[k];
        var digests = new String[k];
        var statuses = new Integer[k];
        var answers = new String[k];
        var etags = new String[k];
        var locations = new String[k];
        var answered = new Long[k];
        var lives = new Long[k];
        for (int i = 0; i < k; i++) {
            OnceKey key = taken.get(i).key();
            StoredAnswer answer = taken.get(i).answer();
            scopes[i] = key.scope();
            keys[i] = key.key();
            digests[i] = key.digest();
            statuses[i] = answer.status();
            answers[i] = answer.body();
            etags[i] = answer.etag() == null ? "" : answer.etag();
            locations[i] = answer.location() == null ? "" : answer.location();
            answered[i] = answer.position();
            lives[i] = key.life() == null ? 0L : key.life().toSeconds();
        }
        long headPosition = n == 0 ? head.position() : positions[n - 1];
        String headHash = n == 0 ? HashChain.hex(head.hash()) : hashes[n - 1];
        return session.update(
                        APPEND,
                        session.caller().tenant().value(),
                        headPosition,
                        headHash,
                        at,
                        positions,
                        ids,
                        types,
                        versions,
                        topics,
                        subjects,
                        actors,
                        causes,
                        payloads,
                        previous,
                        scopes,
                        keys,
                        digests,
                        statuses,
                        answers,
                        etags,
                        locations,
                        answered,
                        lives,
                        hashes)
                .then();
    }
}
