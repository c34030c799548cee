package io.sluice.imports.postgres;

import static io.sluice.postgres.Rows.*;

import io.r2dbc.spi.Readable;
import io.sluice.imports.Import;
import io.sluice.imports.ImportFormat;
import io.sluice.imports.ImportLine;
import io.sluice.imports.ImportResource;
import io.sluice.imports.ImportState;
import io.sluice.imports.Imports;
import io.sluice.log.CanonicalJson;
import io.sluice.log.Event;
import io.sluice.log.Ledger;
import io.sluice.postgres.Database;
import io.sluice.postgres.JsonText;
import io.sluice.postgres.PoolName;
import io.sluice.postgres.Session;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Imports as rows, their files as pieces of at most 256 KiB. */
final class PostgresImports implements Imports {

    static final String COLUMNS = """
            id, resource, format, sha256, bytes, options::text AS options, rights::text AS rights, state, cancel_asked,
            checkpoint::text AS checkpoint, counters::text AS counters, result::text AS result, error, requested_by,
            created_at, started_at, ended_at, version
            """;

    private final Database database;
    private final Ledger ledger;

    PostgresImports(Database database, Ledger ledger) {
        this.database = database;
        this.ledger = ledger;
    }

    @Override
    public Mono<Void> open(Import upload) {
        return database.write(
                        PoolName.JOBS,
                        session -> session.update(
                                """
                        INSERT INTO import (tenant_id, id, resource, format, sha256, options, rights, dry_run, state,
                                            requested_by, created_at, lease_until)
                        VALUES ($1, $2, $3, $4, '', $5::jsonb, $6::jsonb, $7, 'UPLOADING', $8, $9,
                                now() + interval '2 minutes')
                        """,
                                session.caller().tenant().value(),
                                upload.id(),
                                upload.resource(),
                                upload.format(),
                                ImportJson.write(upload.options()),
                                ImportJson.write(upload.rights()),
                                upload.options().dryRun(),
                                upload.requestedBy(),
                                upload.createdAt()))
                .then();
    }

    /** The lease of a file that comes in tells a live upload from one whose node is gone. */
    @Override
    public Mono<Void> keep(UUID id, int number, byte[] content) {
        return database.write(
                        PoolName.JOBS,
                        session -> session.update("""
                        WITH live AS (UPDATE import SET lease_until = now() + interval '2 minutes'
                                      WHERE tenant_id = $1 AND id = $2)
                        INSERT INTO import_piece (tenant_id, import_id, number, content) VALUES ($1, $2, $3, $4)
                        """, session.caller().tenant().value(), id, number, content))
                .then();
    }

    @Override
    public Mono<Void> discard(UUID id) {
        return database.write(PoolName.JOBS, session -> session.update(
                                "DELETE FROM import_piece WHERE tenant_id = $1 AND import_id = $2",
                                session.caller().tenant().value(),
                                id)
                        .then(session.update(
                                "DELETE FROM import WHERE tenant_id = $1 AND id = $2 AND state = 'UPLOADING'",
                                session.caller().tenant().value(),
                                id)))
                .then();
    }

    @Override
    public Mono<Import> find(UUID id) {
        return database.read(session -> session.one(
                        "SELECT " + COLUMNS + " FROM import WHERE tenant_id = $1 AND id = $2 AND state <> 'UPLOADING'",
                        PostgresImports::toImport,
                        session.caller().tenant().value(),
                        id))
                .next();
    }

    @Override
    public Mono<Import> findForChange(UUID id) {
        return database.withSession(session -> session.one(
                "SELECT " + COLUMNS + " FROM import WHERE tenant_id = $1 AND id = $2 FOR UPDATE",
                PostgresImports::toImport,
                session.caller().tenant().value(),
                id));
    }

    @Override
    public Mono<Void> store(Import changed, List<Event> events) {
        return database.withSession(session -> write(session, changed))
                .thenMany(Flux.fromIterable(events).concatMap(ledger::append))
                .then();
    }

    static Mono<Long> write(Session session, Import it) {
        return session.update(
                """
                UPDATE import SET sha256 = $3, bytes = $4, state = $5, cancel_asked = $6, result = $7::jsonb, error = $8,
                       ended_at = $9::timestamptz, version = $10, tries = 0,
                       lease_until = CASE WHEN $5 = 'RUNNING' THEN lease_until END
                WHERE tenant_id = $1 AND id = $2
                """,
                session.caller().tenant().value(),
                it.id(),
                it.sha256(),
                it.bytes(),
                it.state(),
                it.cancelAsked(),
                it.result() == null ? null : CanonicalJson.write(it.result()),
                it.error(),
                it.endedAt(),
                it.version());
    }

    @Override
    public Flux<ImportLine> lines(UUID id, ImportLine.@Nullable Outcome outcome, long after, int limit) {
        return database.read(session -> session.query(
                """
                SELECT number, key, outcome, code, field, message, line, entity_id FROM import_line
                WHERE tenant_id = $1 AND import_id = $2 AND number > $3 AND ($4::text IS NULL OR outcome = $4)
                ORDER BY number LIMIT $5
                """, PostgresImports::toLine, session.caller().tenant().value(), id, after, outcome, limit));
    }

    private static ImportLine toLine(Readable row) {
        return new ImportLine(
                number(row, "number"),
                maybeText(row, "key"),
                ImportLine.Outcome.valueOf(text(row, "outcome")),
                maybeText(row, "code"),
                maybeText(row, "field"),
                maybeText(row, "message"),
                maybeText(row, "line"),
                maybeUuid(row, "entity_id"));
    }

    static Import toImport(Readable row) {
        String result = maybeText(row, "result");
        return new Import(
                uuid(row, "id"),
                ImportResource.valueOf(text(row, "resource")),
                ImportFormat.valueOf(text(row, "format")),
                text(row, "sha256"),
                number(row, "bytes"),
                ImportJson.options(text(row, "options")),
                ImportJson.rights(text(row, "rights")),
                ImportState.valueOf(text(row, "state")),
                truth(row, "cancel_asked"),
                ImportJson.checkpoint(text(row, "checkpoint"), text(row, "counters")),
                result == null ? null : JsonText.object(result),
                maybeText(row, "error"),
                text(row, "requested_by"),
                instant(row, "created_at"),
                maybeInstant(row, "started_at"),
                maybeInstant(row, "ended_at"),
                number(row, "version"));
    }
}
