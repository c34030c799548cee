package io.sluice.log.rsocket;

import io.sluice.shared.Problem;
import io.sluice.web.Binder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The headers that a command over RSocket may bring. */
final class RpcHeaders {

    private static final Set<String> ALLOWED = Set.of(
            "Idempotency-Key",
            "If-Match",
            "If-None-Match",
            "Accept-Language",
            "API-Version",
            "Cache-Control",
            "Sluice-Min-Position",
            "traceparent");

    private RpcHeaders() {}

    static Map<String, String> parse(String json) {
        Map<String, String> headers = new HashMap<>();
        for (var entry : Binder.parse(json.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .properties()) {
            if (!ALLOWED.contains(entry.getKey()) || !entry.getValue().isString()) {
                throw new Problem.Invalid("unknown-header", "allowed are " + ALLOWED, List.of());
            }
            headers.put(entry.getKey(), entry.getValue().stringValue());
        }
        return headers;
    }
}
