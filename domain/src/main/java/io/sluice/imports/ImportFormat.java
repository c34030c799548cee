package io.sluice.imports;

/** How the lines of a file are written. */
public enum ImportFormat {
    CSV,
    NDJSON
}
