package io.sluice.imports;

import io.sluice.shared.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A file on its way into the tenant's data.
 *
 * @param bytes of the file, unpacked
 * @param error why it failed, as {@code code: sentence}
 */
public record Import(
        UUID id,
        ImportResource resource,
        ImportFormat format,
        String sha256,
        long bytes,
        ImportOptions options,
        ImportRights rights,
        ImportState state,
        boolean cancelAsked,
        Checkpoint checkpoint,
        @Nullable Map<String, ?> result,
        @Nullable String error,
        String requestedBy,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        long version) {

    /** A file that begins to come in. */
    public static Import uploading(
            UUID id,
            ImportResource resource,
            ImportFormat format,
            ImportOptions options,
            ImportRights rights,
            String by,
            Instant now) {
        return new Import(
                id,
                resource,
                format,
                "",
                0,
                options,
                rights,
                ImportState.UPLOADING,
                false,
                Checkpoint.START,
                null,
                null,
                by,
                now,
                null,
                null,
                1);
    }

    /** The file is there. */
    public Import queued(String digest, long size) {
        return new Import(
                id,
                resource,
                format,
                digest,
                size,
                options,
                rights,
                ImportState.QUEUED,
                false,
                checkpoint,
                null,
                null,
                requestedBy,
                createdAt,
                null,
                null,
                version + 1);
    }

    /** One that runs is asked to stop after its transaction; one that waits is cancelled now. */
    public Import cancelled(Instant now) {
        return switch (state) {
            case CANCELLED -> this;
            case RUNNING ->
                new Import(
                        id,
                        resource,
                        format,
                        sha256,
                        bytes,
                        options,
                        rights,
                        state,
                        true,
                        checkpoint,
                        result,
                        error,
                        requestedBy,
                        createdAt,
                        startedAt,
                        endedAt,
                        version + 1);
            case QUEUED -> ended(ImportState.CANCELLED, null, null, now);
            case UPLOADING, SUCCEEDED, FAILED -> throw refused(ImportState.CANCELLED);
        };
    }

    /** Goes on behind the last line that is done. */
    public Import resumed() {
        return switch (state) {
            case QUEUED, RUNNING -> this;
            case FAILED, CANCELLED ->
                new Import(
                        id,
                        resource,
                        format,
                        sha256,
                        bytes,
                        options,
                        rights,
                        ImportState.QUEUED,
                        false,
                        checkpoint,
                        null,
                        null,
                        requestedBy,
                        createdAt,
                        startedAt,
                        null,
                        version + 1);
            case UPLOADING, SUCCEEDED -> throw refused(ImportState.QUEUED);
        };
    }

    public Import ended(ImportState end, @Nullable Map<String, ?> came, @Nullable String why, Instant now) {
        return new Import(
                id,
                resource,
                format,
                sha256,
                bytes,
                options,
                rights,
                end,
                false,
                checkpoint,
                came,
                why,
                requestedBy,
                createdAt,
                startedAt,
                now,
                version + 1);
    }

    public Import at(Checkpoint next) {
        return new Import(
                id,
                resource,
                format,
                sha256,
                bytes,
                options,
                rights,
                state,
                cancelAsked,
                next,
                result,
                error,
                requestedBy,
                createdAt,
                startedAt,
                endedAt,
                version);
    }

    private Problem refused(ImportState next) {
        return new Problem.Conflict(
                "illegal-transition",
                "an import does not go from " + state + " to " + next,
                Map.of("from", state, "to", next, "allowed", state.next()));
    }

    /** How long it has run; null: not begun. */
    public @Nullable Duration duration(Instant now) {
        Instant end = endedAt == null ? now : endedAt;
        return startedAt == null ? null : Duration.between(startedAt, end);
    }

    /** The scope in which the lines' identities are unique. */
    public String keyScope() {
        return resource == ImportResource.RETAIL ? "retail" : "import " + resource.word();
    }

    /** Identities that a dry run pretends to take. */
    public String dryScope() {
        return "dry run " + id;
    }

    /** A line's identity: its own, or its place in this very file. */
    public String keyOf(Mapped mapped) {
        String own = mapped.key();
        return own == null ? sha256 + ":" + mapped.line().number() : own;
    }
}
