package io.sluice.log;

import org.jspecify.annotations.Nullable;

/** The result of checking a chain: how many events were checked, and the first broken position with the reason. */
public record Verification(
        long checked, @Nullable Long firstBroken, @Nullable String reason) {

    public boolean whole() {
        return firstBroken == null;
    }
}
