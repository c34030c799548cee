package io.sluice.imports.postgres;

import io.r2dbc.spi.Readable;
import io.sluice.imports.Checkpoint;
import io.sluice.imports.Import;
import io.sluice.imports.ImportLine;
import io.sluice.imports.Imports;
import io.sluice.log.Caller;
import io.sluice.log.CanonicalJson;
import io.sluice.postgres.Database;
import io.sluice.postgres.PoolName;
import io.sluice.postgres.Rows;
import io.sluice.postgres.Session;
import io.sluice.shared.TenantId;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** Which node carries out which import. Whoever has lost the lease can write nothing more. */
final class Leases {

    private static final String CLAIM = """
            UPDATE import SET state = 'RUNNING', node = $2, lease_until = now() + interval '30 seconds',
                   started_at = coalesce(started_at, now()), version = version + 1, tries = tries + 1
            WHERE tenant_id = $1 AND id = (
                SELECT id FROM import
                WHERE tenant_id = $1 AND (state = 'QUEUED' OR (state = 'RUNNING' AND lease_until < now()))
                ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING tries,\s""" + PostgresImports.COLUMNS;
    private static final String RENEW = """
            UPDATE import SET lease_until = now() + interval '30 seconds'
            WHERE tenant_id = $1 AND id = $2 AND node = $3 AND state = 'RUNNING' RETURNING cancel_asked
            """;
    private static final String ADVANCE = """
            UPDATE import SET lease_until = now() + interval '30 seconds', checkpoint = $4::jsonb, counters = $5::jsonb,
                   tries = 1
            WHERE tenant_id = $1 AND id = $2 AND node = $3 AND state = 'RUNNING' RETURNING cancel_asked
            """;
    private static final String LINES = """
            INSERT INTO import_line (tenant_id, import_id, number, key, outcome, code, field, message, line, entity_id)
            SELECT $1, $2, l.number, l.key, l.outcome, l.code, l.field, l.message, l.line, l.entity_id::uuid
            FROM unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
                 AS l (number, key, outcome, code, field, message, line, entity_id)
            """;

    private final Database database;
    private final String node;

    Leases(Database database, String node) {
        this.database = database;
        this.node = node;
    }

    /** The import is no longer this node's. */
    static final class Lost extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Lost() {
            super("another node has the import", null, false, false);
        }
    }

    Flux<TenantId> tenants() {
        return database.untenanted(
                PoolName.JOBS,
                Map.of("app.system", "on"),
                session -> session.all(
                        "SELECT tenant_id FROM tenant WHERE status = 'ACTIVE'",
                        row -> new TenantId(Rows.uuid(row, "tenant_id"))));
    }

    /** @param tries how often it was claimed since it last came forward */
    record Claimed(Import it, int tries) {}

    private static Claimed toClaimed(Readable row) {
        return new Claimed(PostgresImports.toImport(row), Rows.integer(row, "tries"));
    }

    /** The tenant's next import, if one waits or was left alone. */
    Mono<Claimed> claim(TenantId tenant) {
        return database.write(PoolName.JOBS, session -> session.one(CLAIM, Leases::toClaimed, tenant.value(), node))
                .contextWrite(Context.of(Caller.class, Caller.system(tenant, "imports")));
    }

    /** Removes files whose upload was broken off by the end of its node. */
    Mono<Void> sweep(TenantId tenant, Imports imports) {
        return database.read(session -> session.all(
                        "SELECT id FROM import WHERE tenant_id = $1 AND state = 'UPLOADING' AND lease_until < now()",
                        row -> Rows.uuid(row, "id"),
                        tenant.value()))
                .collectList()
                .flatMapMany(Flux::fromIterable)
                .concatMap(imports::discard)
                .then()
                .contextWrite(Context.of(Caller.class, Caller.system(tenant, "imports")));
    }

    /** Whether somebody asked to cancel; {@link Lost} when the import is another node's now. */
    Mono<Boolean> renew(UUID id) {
        return database.write(PoolName.JOBS, session -> asked(session, RENEW, id));
    }

    private Mono<Boolean> asked(Session session, String sql, UUID id, @Nullable Object... more) {
        @Nullable Object[] arguments = new Object[3 + more.length];
        arguments[0] = session.caller().tenant().value();
        arguments[1] = id;
        arguments[2] = node;
        System.arraycopy(more, 0, arguments, 3, more.length);
        return session.one(sql, row -> Rows.truth(row, "cancel_asked"), arguments)
                .switchIfEmpty(Mono.error(Lost::new));
    }

    /** Lets another node take the import at once. */
    Mono<Void> release(TenantId tenant, UUID id) {
        return database.write(
                        PoolName.JOBS,
                        session -> session.update(
                                "UPDATE import SET lease_until = now() WHERE tenant_id = $1 AND id = $2 AND node = $3 AND state = 'RUNNING'",
                                session.caller().tenant().value(),
                                id,
                                node))
                .then()
                .contextWrite(Context.of(Caller.class, Caller.system(tenant, "imports")));
    }

    /** In the transaction of the lines: what became of them, and how far the import is. */
    Mono<Boolean> advance(Session session, UUID id, Checkpoint next, List<ImportLine> lines) {
        Mono<Boolean> advanced = asked(
                session, ADVANCE, id, ImportJson.write(next), CanonicalJson.write(ImportJson.fields(next.counters())));
        return lines.isEmpty() ? advanced : write(session, id, lines).then(advanced);
    }

    private static Mono<Long> write(Session session, UUID id, List<ImportLine> lines) {
        return session.update(
                LINES,
                session.caller().tenant().value(),
                id,
                lines.stream().map(ImportLine::number).toArray(Long[]::new),
                texts(lines, ImportLine::key),
                texts(lines, ImportLine::outcome),
                texts(lines, ImportLine::code),
                texts(lines, ImportLine::field),
                texts(lines, ImportLine::message),
                texts(lines, ImportLine::line),
                texts(lines, ImportLine::entity));
    }

    private static @Nullable String[] texts(List<ImportLine> lines, Function<ImportLine, @Nullable Object> field) {
        @Nullable String[] column = new String[lines.size()];
        for (int i = 0; i < column.length; i++) {
            Object value = field.apply(lines.get(i));
            column[i] = value == null ? null : value.toString();
        }
        return column;
    }

    /** Ends the import: {@link Lost} when it is not this node's any more. */
    Mono<Void> end(Session session, Import ended) {
        return asked(session, RENEW, ended.id())
                .then(PostgresImports.write(session, ended))
                .then();
    }

    /** What a dry run left behind. */
    Mono<Void> forgetDryRun(Session session, Import it) {
        return session.update(
                        "DELETE FROM command_key WHERE tenant_id = $1 AND scope = $2",
                        session.caller().tenant().value(),
                        it.dryScope())
                .then();
    }

    /** A dry run begins anew: what it imagined is not kept. */
    Mono<Void> startOver(Import it) {
        return database.write(PoolName.JOBS, session -> forgetDryRun(session, it)
                        .then(session.update(
                                "DELETE FROM import_line WHERE tenant_id = $1 AND import_id = $2",
                                session.caller().tenant().value(),
                                it.id())))
                .then();
    }

    Mono<Void> dropPieces(Session session, UUID id) {
        return session.update(
                        "DELETE FROM import_piece WHERE tenant_id = $1 AND import_id = $2",
                        session.caller().tenant().value(),
                        id)
                .then();
    }

    Mono<byte[]> piece(UUID id, int number) {
        return database.read(session -> session.one(
                        "SELECT content FROM import_piece WHERE tenant_id = $1 AND import_id = $2 AND number = $3",
                        row -> Rows.bytes(row, "content"),
                        session.caller().tenant().value(),
                        id,
                        number))
                .next()
                .switchIfEmpty(Mono.error(() -> new IllegalStateException("piece " + number + " is missing")));
    }
}
