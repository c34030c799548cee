package io.sluice.imports;

import java.util.List;

/** Where an import is on its way. */
public enum ImportState {
    /** The file is still coming in; nobody sees the import yet. */
    UPLOADING,
    QUEUED,
    RUNNING,
    SUCCEEDED,
    FAILED,
    CANCELLED;

    public boolean mayBecome(ImportState next) {
        return next().contains(next);
    }

    /** A failed or cancelled import goes on where it stopped. */
    public List<ImportState> next() {
        return switch (this) {
            case UPLOADING -> List.of(QUEUED);
            case QUEUED -> List.of(RUNNING, CANCELLED);
            case RUNNING -> List.of(SUCCEEDED, FAILED, CANCELLED);
            case FAILED, CANCELLED -> List.of(QUEUED);
            case SUCCEEDED -> List.of();
        };
    }
}
