package io.sluice.openapi;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Words that all routes share: the general problem codes and the headers. */
final class Codes {

    static final String INTRODUCTION =
            "Every change is committed once and streamed at once. Errors are problem details with a stable code; lists"
                    + " are pages by cursor, or lines with Accept: application/x-ndjson; changes of one thing need"
                    + " If-Match; any command may carry an Idempotency-Key.";

    /** By status: what any route may answer. */
    static final Map<String, List<String>> GENERAL = new TreeMap<>(Map.ofEntries(
            Map.entry("400", List.of("invalid-request", "malformed-json", "unsupported-version")),
            Map.entry(
                    "401",
                    List.of(
                            "unauthenticated",
                            "token-expired",
                            "session-ended",
                            "token-in-url",
                            "ticket-spent",
                            "user-disabled",
                            "tenant-suspended",
                            "no-tenant")),
            Map.entry("403", List.of("forbidden", "origin")),
            Map.entry("404", List.of("not-found")),
            Map.entry("406", List.of("not-acceptable")),
            Map.entry("409", List.of("conflict")),
            Map.entry("412", List.of("stale-version")),
            Map.entry("413", List.of("body-too-large")),
            Map.entry("414", List.of("uri-too-long")),
            Map.entry("415", List.of("unsupported-media-type")),
            Map.entry("422", List.of("idempotency-mismatch")),
            Map.entry("428", List.of("version-required")),
            Map.entry("429", List.of("too-many-requests")),
            Map.entry("431", List.of("request-header-fields-too-large")),
            Map.entry("500", List.of("internal")),
            Map.entry(
                    "503",
                    List.of(
                            "database-unavailable",
                            "pool-exhausted",
                            "overloaded",
                            "position-not-reached",
                            "shutting-down")),
            Map.entry("504", List.of("request-timeout", "query-timeout"))));

    private Codes() {}

    static Map<String, Object> headerParameters() {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put(
                "API-Version",
                header(
                        "API-Version",
                        false,
                        "The version to speak; the newest by default",
                        Schemas.schema("string", "enum", List.of("1"))));
        Map<String, Object> key = Schemas.schema("string", "minLength", 1);
        key.put("maxLength", 255);
        parameters.put(
                "Idempotency-Key",
                header(
                        "Idempotency-Key",
                        false,
                        "The same key gives the first answer again, with one effect, for 7 days",
                        key));
        parameters.put("If-Match", header("If-Match", true, "The ETag that was read", Schemas.schema("string")));
        parameters.put(
                "If-None-Match",
                header("If-None-Match", false, "304 when it is still this one", Schemas.schema("string")));
        parameters.put("Last-Event-ID", header("Last-Event-ID", false, "Goes on after this position", position()));
        parameters.put(
                "Sluice-Min-Position",
                header("Sluice-Min-Position", false, "Waits up to 2 s until this node knows the position", position()));
        Map<String, Object> ticket =
                header("ticket", false, "From /api/auth/tickets, instead of a token", Schemas.schema("string"));
        ticket.put("in", "query");
        parameters.put("ticket", ticket);
        return parameters;
    }

    private static Map<String, Object> position() {
        Map<String, Object> schema = Schemas.schema("integer", "format", "int64");
        schema.put("minimum", 0);
        return schema;
    }

    private static Map<String, Object> header(String name, boolean required, String words, Map<String, Object> schema) {
        Map<String, Object> parameter = new LinkedHashMap<>();
        parameter.put("name", name);
        parameter.put("in", "header");
        parameter.put("required", required);
        parameter.put("description", words);
        parameter.put("schema", schema);
        return parameter;
    }

    static Map<String, Object> answerHeaders() {
        Map<String, Object> headers = new LinkedHashMap<>();
        headers.put("API-Version", shown("The version spoken"));
        headers.put("ETag", shown("The version of what was answered, for If-Match and If-None-Match"));
        headers.put("Idempotency-Replayed", shown("true: the first answer to this key again"));
        headers.put("Location", shown("Where the new thing is"));
        headers.put("Sluice-Position", shown("The log's position of the change, for Sluice-Min-Position"));
        headers.put("X-Cache", shown("l1, l2, miss or bypass"));
        headers.put("X-Request-Id", shown("Names this request"));
        headers.put("X-Trace-Id", shown("The trace that it belongs to, as in traceparent"));
        return headers;
    }

    private static Map<String, Object> shown(String words) {
        return Map.of("description", words, "schema", Schemas.schema("string"));
    }
}
