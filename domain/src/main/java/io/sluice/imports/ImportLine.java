package io.sluice.imports;

import io.sluice.shared.FieldError;
import io.sluice.shared.Problem;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What became of one line.
 *
 * @param number where it begins in the file, from 1
 * @param key its identity, if it has one
 * @param line as it was sent; kept of failed lines
 * @param entity what it made or changed
 */
public record ImportLine(
        long number,
        @Nullable String key,
        Outcome outcome,
        @Nullable String code,
        @Nullable String field,
        @Nullable String message,
        @Nullable String line,
        @Nullable UUID entity) {

    /** APPLIED had its effect, DUPLICATE had it before, SKIPPED has none by its rule, FAILED was refused. */
    public enum Outcome {
        APPLIED,
        DUPLICATE,
        SKIPPED,
        FAILED
    }

    public static ImportLine applied(SourceLine line, @Nullable String key, @Nullable UUID entity) {
        return new ImportLine(line.number(), key, Outcome.APPLIED, null, null, null, null, entity);
    }

    public static ImportLine duplicate(SourceLine line, @Nullable String key) {
        return new ImportLine(line.number(), key, Outcome.DUPLICATE, null, null, null, null, null);
    }

    public static ImportLine skipped(SourceLine line, @Nullable String key, String code) {
        return new ImportLine(line.number(), key, Outcome.SKIPPED, code, null, null, null, null);
    }

    public static ImportLine failed(SourceLine line, @Nullable String key, FieldError error) {
        String field = error.field().isEmpty() ? null : error.field();
        return new ImportLine(
                line.number(), key, Outcome.FAILED, error.code(), field, error.message(), line.text(), null);
    }

    public static ImportLine failed(SourceLine line, @Nullable String key, Problem problem) {
        List<FieldError> errors =
                switch (problem) {
                    case Problem.Invalid invalid -> invalid.errors();
                    case Problem.Contradiction contradiction -> contradiction.errors();
                    default -> List.of();
                };
        return errors.isEmpty()
                ? failed(line, key, new FieldError("", problem.code(), problem.detail()))
                : failed(line, key, errors.getFirst());
    }
}
