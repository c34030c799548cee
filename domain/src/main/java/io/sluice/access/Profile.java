package io.sluice.access;

import org.jspecify.annotations.Nullable;

/** What a person is called and how he is reached: personal data, so it never stands in events. */
public record Profile(
        String email,
        String displayName,
        @Nullable String locale,
        @Nullable String timeZone) {}
