package io.sluice.access;

import org.jspecify.annotations.Nullable;

/**
 * Which accounts are asked for, by username: those after {@code after} (lower case), in a status, holding a role,
 * whose username, e-mail or display name contains a text.
 */
public record AccountQuery(
        @Nullable AccountStatus status,
        @Nullable Role role,
        @Nullable String search,
        @Nullable String after,
        int limit) {}
