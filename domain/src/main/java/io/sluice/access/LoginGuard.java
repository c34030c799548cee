package io.sluice.access;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Failed logins by name, whether it exists or not: ten within 15 minutes lock the name for 15 minutes. */
public record LoginGuard(
        String name, List<Instant> failures, @Nullable Instant lockedUntil) {

    public static final int FAILURES = 10;
    public static final Duration WINDOW = Duration.ofMinutes(15);

    public LoginGuard {
        failures = List.copyOf(failures);
    }

    public static LoginGuard clean(String name) {
        return new LoginGuard(name, List.of(), null);
    }

    public boolean isLocked(Instant now) {
        return lockedUntil != null && now.isBefore(lockedUntil);
    }

    public Duration remaining(Instant now) {
        return lockedUntil == null ? Duration.ZERO : Duration.between(now, lockedUntil);
    }

    /** After one more failure; the one that completes the ten locks the name. */
    public LoginGuard failed(Instant now) {
        List<Instant> recent = new ArrayList<>(
                failures.stream().filter(at -> at.isAfter(now.minus(WINDOW))).toList());
        recent.add(now);
        return recent.size() < FAILURES
                ? new LoginGuard(name, recent, null)
                : new LoginGuard(name, List.of(), now.plus(WINDOW));
    }
}
