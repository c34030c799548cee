package io.sluice.web;

import java.util.List;
import java.util.function.BiConsumer;

/** What stands in every answer, whoever writes it. */
public final class StandingHeaders {

    static final String VERSION = "1";
    static final String API_VERSION = "API-Version";
    static final String REQUEST_ID = "X-Request-Id";
    private static final List<String> SECURITY = List.of(
            "Strict-Transport-Security", "max-age=31536000; includeSubDomains",
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "Referrer-Policy", "no-referrer");

    private StandingHeaders() {}

    /** Hands each name and value to who knows how this answer keeps them. */
    public static void set(RequestIdentity identity, BiConsumer<String, String> answered) {
        answered.accept(REQUEST_ID, identity.requestId());
        answered.accept("X-Trace-Id", identity.traceId());
        answered.accept(API_VERSION, VERSION);
        for (int i = 0; i < SECURITY.size(); i += 2) {
            answered.accept(SECURITY.get(i), SECURITY.get(i + 1));
        }
    }
}
