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
import io.sluice.postgres.Session.Write;
import io.sluice.shared.TenantId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Gives events their positions under the tenant's head lock and writes them with the head and the keys of their
 * commands: the last statement before the commit.
 */
public final class Appender {

    /** The last position of a log with the hash that stands for all events up to it. */
    public record Head(long position, byte[] hash, Instant at) {}

    /** An event with the one who caused it. */
    public record Draft(Caller caller, Event event) {}

    /** An event that has its position, and the hashes around it. */
    public record Linked(Recorded event, byte[] previous, byte[] hash) {}

    /** A key that this transaction takes, with the answer that its repetitions get. */
    public record Taken(OnceKey key, StoredAnswer answer) {}

    private static final String MOVE_HEAD = """
            UPDATE tenant_log SET head = follow(head_hash, decode($5, 'hex'), $2), head_hash = decode($3, 'hex'),
                   head_at = $4
            WHERE tenant_id = $1
            """;
    private static final String KEEP_HEAD = """
            UPDATE tenant_log SET head = follow(head_hash, decode($2, 'hex'), head) WHERE tenant_id = $1
            """;
    private static final String TAKE_KEYS = """
            INSERT INTO command_key (tenant_id, scope, key, digest, status, answer, etag, location, position, expires_at)
            SELECT $1, k.scope, k.key, k.digest, k.status, k.answer, nullif(k.etag, ''), nullif(k.location, ''),
                   k.position, CASE WHEN k.life > 0 THEN $2::timestamptz + k.life * interval '1 second' END
            FROM unnest($3::text[], $4::text[], $5::text[], $6::int[], $7::text[], $8::text[], $9::text[],
                        $10::bigint[], $11::bigint[])
                 AS k (scope, key, digest, status, answer, etag, location, position, life)
            """;
    private static final String INSERT_EVENTS = """
            INSERT INTO event (tenant_id, position, id, type, version, topics, subject, actor, cause, at, payload,
                               prev_hash, hash)
            SELECT $1, e.position, e.id, e.type, e.version, string_to_array(e.topics, ' '), e.subject, e.actor::jsonb,
                   e.cause::jsonb, $2, e.payload::jsonb, decode(e.prev, 'hex'), decode(e.hash, 'hex')
            FROM unnest($3::bigint[], $4::uuid[], $5::text[], $6::int[], $7::text[], $8::text[], $9::text[],
                        $10::text[], $11::text[], $12::text[], $13::text[])
                 AS e (position, id, type, version, topics, subject, actor, cause, payload, prev, hash)
            """;

    private static final String LOCK_HEAD =
            "SELECT head, head_hash, head_at FROM tenant_log WHERE tenant_id = $1 FOR UPDATE";

    private Appender() {}

    public static Mono<Head> lockHead(Session session) {
        return session.one(
                LOCK_HEAD, Appender::toHead, session.caller().tenant().value());
    }

    /** From the columns {@code head}, {@code head_hash} and {@code head_at}. */
    public static Head toHead(Readable row) {
        return new Head(Rows.number(row, "head"), Rows.bytes(row, "head_hash"), Rows.instant(row, "head_at"));
    }

    /** The commit time of this transaction: microseconds, never before the log's last event. */
    public static Instant timeAfter(Head head, Instant now) {
        Instant micros = now.truncatedTo(ChronoUnit.MICROS);
        return micros.isBefore(head.at()) ? head.at() : micros;
    }

    /** Links the events behind the head, in order. */
    public static List<Linked> link(Head head, Instant at, List<Draft> drafts) {
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
                vouching(event, texts.computeIfAbsent(draft.caller().cause(), cause -> toJson((Cause) cause))),
                at,
                payload);
    }

    /** Behind the other fields, as their order is. */
    private static String vouching(Event event, String cause) {
        return event.vouched().isEmpty()
                ? cause
                : cause.substring(0, cause.length() - 1) + ",\"vouched\":" + CanonicalJson.write(event.vouched()) + "}";
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
    public static Mono<Void> write(Session session, Head head, Instant at, List<Linked> events, List<Taken> taken) {
        return session.together(writes(session.caller().tenant(), head, at, events, taken));
    }

    /**
     * What takes the keys, appends the events and moves the head: none or more statements for one step. The head comes
     * last, as the one that runs first: it holds its lock, and knows that nothing came between, before anything is
     * written.
     *
     * @param head what the events were linked behind; if the log has moved on, the step fails ({@link
     *     io.sluice.postgres.Failures#hasMovedOn})
     */
    public static List<Write> writes(TenantId of, Head head, Instant at, List<Linked> events, List<Taken> taken) {
        UUID tenant = of.value();
        List<Write> writes = new ArrayList<>(3);
        if (!taken.isEmpty()) {
            writes.add(takeKeys(tenant, at, taken));
        }
        if (!events.isEmpty()) {
            writes.add(insertEvents(tenant, at, events));
            writes.add(moveHead(tenant, head, at, events.getLast()));
        }
        return writes;
    }

    private static Write moveHead(UUID tenant, Head head, Instant at, Linked last) {
        return new Write(
                MOVE_HEAD, tenant, last.event().position(), HashChain.hex(last.hash()), at, HashChain.hex(head.hash()));
    }

    /** Makes sure that the log has not moved on, for a step without events. */
    public static Write keepHead(TenantId tenant, Head head) {
        return new Write(KEEP_HEAD, tenant.value(), HashChain.hex(head.hash()));
    }

    private static Write insertEvents(UUID tenant, Instant at, List<Linked> events) {
        int n = events.size();
        var positions = new Long[n];
        var ids = new UUID[n];
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
        return new Write(
                INSERT_EVENTS,
                tenant,
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
                hashes);
    }

    private static Write takeKeys(UUID tenant, Instant at, List<Taken> taken) {
        int n = taken.size();
        var scopes = new String[n];
        var keys = new String[n];
        var digests = new String[n];
        var statuses = new Integer[n];
        var answers = new String[n];
        var etags = new String[n];
        var locations = new String[n];
        var positions = new Long[n];
        var lives = new Long[n];
        for (int i = 0; i < n; i++) {
            OnceKey key = taken.get(i).key();
            StoredAnswer answer = taken.get(i).answer();
            scopes[i] = key.scope();
            keys[i] = key.key();
            digests[i] = key.digest();
            statuses[i] = answer.status();
            answers[i] = answer.body();
            etags[i] = answer.etag() == null ? "" : answer.etag();
            locations[i] = answer.location() == null ? "" : answer.location();
            positions[i] = answer.position();
            lives[i] = key.life() == null ? 0L : key.life().toSeconds();
        }
        return new Write(
                TAKE_KEYS, tenant, at, scopes, keys, digests, statuses, answers, etags, locations, positions, lives);
    }
}
