package io.sluice.start;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what is missing instead of showing where the start broke off. */
final class SettingMissingAnalyzer extends AbstractFailureAnalyzer<SettingMissing> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, SettingMissing cause) {
        return new FailureAnalysis(cause.line(), null, cause);
    }
}
