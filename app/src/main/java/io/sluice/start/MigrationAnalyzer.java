package io.sluice.start;

import org.flywaydb.core.api.FlywayException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what the database said when it was reached and its schema brought up to date; names the setting behind it. */
final class MigrationAnalyzer extends AbstractFailureAnalyzer<FlywayException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, FlywayException cause) {
        return new FailureAnalysis(
                "the database of SLUICE_DATABASE_URL cannot be used: "
                        + innermost(cause).getMessage(),
                null,
                cause);
    }

    private static Throwable innermost(Throwable error) {
        Throwable cause = error.getCause();
        return cause == null ? error : innermost(cause);
    }
}
