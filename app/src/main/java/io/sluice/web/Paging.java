package io.sluice.web;

import org.jspecify.annotations.Nullable;

/** How much of a list, and from where. */
public record Paging(
        @Nullable Integer limit,
        @Nullable String cursor,
        @Nullable Boolean count) {

    public int limitOr(int otherwise) {
        return limit == null ? otherwise : limit;
    }

    public boolean counts() {
        return Boolean.TRUE.equals(count);
    }
}
