package io.sluice.imports.web;

import io.sluice.imports.Counters;
import io.sluice.imports.Import;
import io.sluice.imports.ImportFormat;
import io.sluice.imports.ImportLine;
import io.sluice.imports.ImportState;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An import as it is shown. Progress is in bytes of the file. */
record ImportView(
        UUID id,
        String resource,
        ImportFormat format,
        ImportState state,
        boolean dryRun,
        boolean cancelAsked,
        String sha256,
        Counters counters,
        Progress progress,
        @Nullable Map<String, ?> result,
        @Nullable String error,
        String requestedBy,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        long version) {

    record Progress(long done, long total, int percent) {}

    static ImportView of(Import it) {
        long done = it.state() == ImportState.SUCCEEDED
                ? it.bytes()
                : it.checkpoint().bytes();
        int percent =
                it.bytes() == 0 ? (it.state() == ImportState.SUCCEEDED ? 100 : 0) : (int) (done * 100 / it.bytes());
        return new ImportView(
                it.id(),
                it.resource().word(),
                it.format(),
                it.state(),
                it.options().dryRun(),
                it.cancelAsked(),
                it.sha256(),
                it.checkpoint().counters(),
                new Progress(done, it.bytes(), percent),
                it.result(),
                it.error(),
                it.requestedBy(),
                it.createdAt(),
                it.startedAt(),
                it.endedAt(),
                it.version());
    }

    /** A line of the file and what became of it. */
    record Line(
            long line,
            ImportLine.Outcome outcome,
            @Nullable String key,
            @Nullable String code,
            @Nullable String field,
            @Nullable String message,
            @Nullable UUID entityId) {

        static Line of(ImportLine it) {
            return new Line(it.number(), it.outcome(), it.key(), it.code(), it.field(), it.message(), it.entity());
        }
    }
}
