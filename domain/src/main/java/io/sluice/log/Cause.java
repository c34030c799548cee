package io.sluice.log;

import org.jspecify.annotations.Nullable;

/** What made it happen: the request, its trace, the route called, and the streaming connection it came by, if any. */
public record Cause(
        String requestId,
        String traceId,
        String route,
        @Nullable String connectionId) {

    public static Cause of(String route) {
        return new Cause("system", "system", route, null);
    }
}
