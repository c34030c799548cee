package io.sluice.imports;

import io.sluice.shared.FieldError;
import org.jspecify.annotations.Nullable;

/**
 * A line of the file. Values stand in the order of the wished {@link Columns}, then of the free ones; blank ones are
 * null.
 *
 * @param number where it begins in the file, from 1
 * @param fault why it cannot be read; then there are no values
 */
public record SourceLine(
        long number,
        String text,
        @Nullable String[] values,
        @Nullable FieldError fault) {

    public @Nullable String value(int column) {
        return column < values.length ? values[column] : null;
    }
}
