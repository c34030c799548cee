package io.sluice.web;

import io.sluice.testing.Server;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.http.HttpMethod;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The routes as {@code /openapi} describes them. */
record Api(JsonNode document) {

    /** A route and method. */
    record Call(HttpMethod method, String path, JsonNode operation) {

        boolean isOpen() {
            return operation.has("security") && operation.get("security").isEmpty();
        }

        boolean needsVersion() {
            return parameters().stream()
                    .anyMatch(it -> it.path("$ref").asString("").endsWith("/If-Match"));
        }

        List<JsonNode> parameters() {
            return operation.get("parameters").valueStream().toList();
        }

        List<JsonNode> query() {
            return parameters().stream()
                    .filter(it -> it.path("in").asString("").equals("query"))
                    .toList();
        }

        boolean hasVariables() {
            return path.contains("{");
        }

        /** The path with every variable filled. */
        String pathTo(Object id) {
            return path.replaceAll("\\{[^}]*}", id.toString());
        }

        /** As {@link #pathTo}, with the least that the query must have. */
        String addressOf(Object id) {
            List<String> needed = new ArrayList<>();
            for (JsonNode parameter : query()) {
                if (parameter.get("required").asBoolean()) {
                    String value =
                            parameter.get("name").asString().equals("at") ? "2026-01-01T00:00:00Z" : id.toString();
                    needed.add(parameter.get("name").asString() + "=" + value);
                }
            }
            return pathTo(id) + (needed.isEmpty() ? "" : "?" + String.join("&", needed));
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    static Api read() {
        byte[] json = Objects.requireNonNull(Server.shared()
                .client()
                .mutate()
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(8 << 20))
                .build()
                .get()
                .uri("/openapi")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .returnResult()
                .getResponseBody());
        return new Api(Json.MAPPER.readTree(new String(json, StandardCharsets.UTF_8)));
    }

    List<Call> calls() {
        List<Call> calls = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                calls.add(new Call(
                        HttpMethod.valueOf(method.getKey().toUpperCase(java.util.Locale.ROOT)),
                        path.getKey(),
                        method.getValue()));
            }
        }
        return calls;
    }

    List<Call> reads() {
        return calls().stream().filter(call -> call.method() == HttpMethod.GET).toList();
    }

    /** Calls with a body of JSON. */
    List<Call> commands() {
        return calls().stream()
                .filter(call -> call.operation().at("/requestBody/content").has("application/json"))
                .toList();
    }

    JsonNode bodyOf(Call call) {
        return resolved(call.operation()
                .get("requestBody")
                .get("content")
                .get("application/json")
                .get("schema"));
    }

    static boolean requires(JsonNode schema, String field) {
        return schema.path("required").valueStream().anyMatch(it -> it.asString()
                .equals(field));
    }

    /** The least that a schema takes. */
    JsonNode sample(JsonNode schema) {
        JsonNode known = resolved(schema);
        if (known.has("enum")) {
            return known.get("enum").get(0);
        }
        JsonNode type = known.path("type");
        return switch (type.isArray() ? type.get(0).asString() : type.asString("")) {
            case "object" -> sampleObject(known);
            case "array" -> Json.MAPPER.createArrayNode().add(sample(known.get("items")));
            case "boolean" -> Json.MAPPER.valueToTree(true);
            case "number", "integer" -> Json.MAPPER.valueToTree(1);
            default -> Json.MAPPER.valueToTree(sampleText(known));
        };
    }

    private ObjectNode sampleObject(JsonNode schema) {
        ObjectNode sample = Json.MAPPER.createObjectNode();
        schema.path("properties").properties().stream()
                .filter(field -> requires(schema, field.getKey()))
                .forEach(field -> sample.set(field.getKey(), sample(field.getValue())));
        return sample;
    }

    private static String sampleText(JsonNode schema) {
        String pattern = schema.path("pattern").asString(".*");
        return switch (schema.path("format").asString("")) {
            case "uuid" -> "01a218e3-648a-7000-9f23-1a974efd45f5";
            case "date-time" -> "2026-01-31T12:00:00Z";
            case "date" -> "2026-01-31";
            case "time-zone" -> "UTC";
            default ->
                Stream.of("viewer", "EUR", "de", "a@b.example")
                        .filter(text -> text.matches(pattern))
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException("no sample for " + schema));
        };
    }

    /** The schema itself, behind references and without the alternative null. */
    JsonNode resolved(JsonNode schema) {
        if (schema.has("anyOf")) {
            return resolved(schema.get("anyOf").get(0));
        }
        return schema.has("$ref") ? document.at(schema.get("$ref").asString().substring(1)) : schema;
    }
}
