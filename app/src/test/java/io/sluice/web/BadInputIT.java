package io.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.util.UriComponentsBuilder;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Every field and parameter of every route, wrong in every way: refused by name, and nothing has changed. */
class BadInputIT {

    private static final String SQL = "' OR 1=1 --";

    private static final List<String> MALFORMED = List.of(
            "",
            "{",
            "null",
            "[]",
            "17",
            "{} {}",
            "{\"a\":1,\"a\":2}",
            "\u0000",
            "\uFEFF{}",
            "{} x",
            "{\"a\":NaN}",
            "{\"a\":-Infinity}",
            "{\"a\":1e}",
            "{\"a\":" + "9".repeat(400) + "}",
            "{\"a\":\"\t\"}",
            "{\"a\":\"\\ud8\"}",
            "{\"a\":01}",
            "{'a':1}");

    private static final JsonMapper PLAIN = JsonMapper.shared();

    /** Halves of pairs can be sent only so. */
    private static final JsonMapper WITH_ESCAPES =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final Api api = Api.read();
    private final TestTenant tenant = Tenants.fresh();
    private final List<String> wrong = new ArrayList<>();
    private int tried;

    /** A value that is wrong for a schema, and a word that says how. */
    private record Wrong(String how, Object value) {}

    @Test
    void refusesEveryWrongFieldOfEveryCommandByName() {
        int before = tenant.events().size();

        for (Api.Call command : api.commands()) {
            JsonNode schema = api.bodyOf(command);
            ObjectNode whole = (ObjectNode) api.sample(schema);
            wrongFields(command, whole, whole, schema, "");
        }

        assertThat(wrong).isEmpty();
        assertThat(tried).isGreaterThan(1000);
        assertThat(tenant.events()).hasSize(before);
    }

    /** Everything else is right; then what is inside of the field, field by field. */
    private void wrongFields(Api.Call command, ObjectNode whole, ObjectNode part, JsonNode schema, String prefix) {
        for (Map.Entry<String, JsonNode> field : schema.get("properties").properties()) {
            String name = field.getKey();
            JsonNode inner = api.resolved(field.getValue());
            JsonNode right = part.get(name);
            for (Wrong value : wrongValues(inner)) {
                part.set(name, PLAIN.valueToTree(value.value()));
                send(command, value.how(), prefix + name, whole);
            }
            if (Api.requires(schema, name)) {
                part.remove(name);
                send(command, "missing", prefix + name, whole);
                part.putNull(name);
                send(command, "null", prefix + name, whole);
            }
            wrongInside(command, whole, part, name, inner, prefix + name);
            restore(part, name, right);
        }
        String cutInAPair = "x".repeat(39) + "\ud83d\ude00";
        part.put(cutInAPair, 1);
        send(command, "unknown field", prefix + cutInAPair, whole);
        part.remove(cutInAPair);
        part.put("surprise", 1);
        send(command, "unknown field", prefix + "surprise", whole);
        part.remove("surprise");
    }

    private void wrongInside(
            Api.Call command, ObjectNode whole, ObjectNode part, String name, JsonNode schema, String path) {
        JsonNode element = typeOf(schema).equals("array") ? api.resolved(schema.get("items")) : null;
        JsonNode inner = element == null ? schema : element;
        ArrayNode list = Json.MAPPER.createArrayNode();
        if (inner.has("properties")) {
            ObjectNode sample = (ObjectNode) api.sample(inner);
            part.set(name, element == null ? sample : list.add(sample));
            wrongFields(command, whole, sample, inner, element == null ? path + "." : path + "[0].");
        } else if (element != null) {
            part.set(name, list);
            for (Wrong value : wrongValues(element)) {
                list.removeAll();
                list.add(PLAIN.<JsonNode>valueToTree(value.value()));
                send(command, value.how(), path, whole);
            }
        }
    }

    private static void restore(ObjectNode part, String name, @Nullable JsonNode right) {
        if (right == null) {
            part.remove(name);
        } else {
            part.set(name, right);
        }
    }

    private void send(Api.Call command, String how, String field, JsonNode body) {
        tried++;
        byte[] answer = tenant.admin()
                .request(command.method(), command.pathTo(UUID.randomUUID()))
                .header(HttpHeaders.IF_MATCH, "\"1\"")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(WITH_ESCAPES.writeValueAsBytes(body))
                .exchange()
                .expectBody()
                .returnResult()
                .getResponseBodyContent();
        check(command + " with " + field + " " + how, field, answer);
    }

    private void check(String what, String field, byte @Nullable [] answer) {
        JsonNode problem = Json.MAPPER.readTree(answer == null ? new byte[0] : answer);
        int status = problem.path("status").asInt();
        boolean named = problem.path("errors")
                .valueStream()
                .map(it -> it.get("field").asString())
                .anyMatch(it -> it.equals(field) || it.startsWith(field + ".") || it.startsWith(field + "["));
        if (status != 400 || !named) {
            wrong.add(what + " is answered by "
                    + new String(answer == null ? new byte[0] : answer, StandardCharsets.UTF_8));
        }
    }

    private List<Wrong> wrongValues(JsonNode schema) {
        List<Wrong> values = new ArrayList<>();
        String type = typeOf(schema);
        if (!type.equals("string")) {
            values.add(new Wrong("as text", SQL));
        } else {
            values.add(new Wrong("as number", 17));
            values.add(new Wrong("with U+0000", "a\0b"));
            values.add(new Wrong("with half a pair", "a\ud800"));
            values.add(new Wrong("with the other half", "\udc00b"));
        }
        if (!type.equals("boolean")) {
            values.add(new Wrong("as boolean", true));
        }
        if (!type.equals("object")) {
            values.add(new Wrong("as object", Map.of("a", 1)));
        }
        if (!type.equals("array")) {
            values.add(new Wrong("as array", List.of(List.of(1))));
        }
        values.add(new Wrong("deeply nested", nested(20)));
        limits(schema, type, values);
        return type.isEmpty()
                ? List.of()
                : values.stream().filter(it -> fits(type, it)).toList();
    }

    /** An object of any kind may nest. */
    private static boolean fits(String type, Wrong value) {
        return !(type.equals("object") && value.how().equals("deeply nested"));
    }

    private static void limits(JsonNode schema, String type, List<Wrong> values) {
        boolean pattern =
                schema.has("pattern") && !SQL.matches(schema.get("pattern").asString());
        if (schema.has("enum") || pattern || (schema.has("format") && type.equals("string"))) {
            values.add(new Wrong("as SQL", SQL));
        }
        if (schema.has("maxLength") && schema.get("maxLength").asInt() < 100_000) {
            values.add(new Wrong("too long", "x".repeat(schema.get("maxLength").asInt() + 1)));
        }
        if (schema.has("minLength")) {
            values.add(new Wrong("too short", ""));
        }
        if (schema.has("minimum")) {
            values.add(
                    new Wrong("too small", schema.get("minimum").decimalValue().subtract(BigDecimal.ONE)));
        }
        if (schema.has("maximum")) {
            values.add(
                    new Wrong("too large", schema.get("maximum").decimalValue().add(BigDecimal.ONE)));
        }
        if (schema.has("maxItems")) {
            values.add(new Wrong(
                    "too many",
                    java.util.Collections.nCopies(schema.get("maxItems").asInt() + 1, SQL)));
        }
        if (type.equals("number") || type.equals("integer")) {
            values.add(new Wrong("immense", new BigDecimal("1e50")));
            values.add(new Wrong("beyond a double", new BigDecimal("1e400")));
            values.add(new Wrong("tiny", new BigDecimal("1e-400")));
        }
    }

    private static String typeOf(JsonNode schema) {
        JsonNode type = schema.path("type");
        return type.isArray() ? type.get(0).asString() : type.asString("");
    }

    private static Object nested(int depth) {
        Object value = 1;
        for (int i = 0; i < depth; i++) {
            value = Map.of("a", value);
        }
        return value;
    }

    @Test
    void refusesEveryWrongParameterOfEveryReadByName() {
        for (Api.Call read : api.reads()) {
            if (read.isOpen()
                    || read.path().equals("/api/streams")
                    || read.path().endsWith("{position}")) {
                continue;
            }
            for (JsonNode parameter : read.query()) {
                for (String value : wrongTexts(api.resolved(parameter.get("schema")))) {
                    ask(read, parameter.get("name").asString(), value);
                }
            }
            ask(read, "surprise", SQL);
        }

        assertThat(wrong).isEmpty();
        assertThat(tried).isGreaterThan(100);
    }

    private List<String> wrongTexts(JsonNode schema) {
        List<String> texts = new ArrayList<>();
        JsonNode inner = typeOf(schema).equals("array") ? api.resolved(schema.get("items")) : schema;
        boolean free = typeOf(inner).equals("string") && !inner.has("enum") && !inner.has("format");
        if (!free || inner.has("pattern")) {
            texts.add(SQL);
            texts.add("");
        }
        if (inner.has("maxLength") && inner.get("maxLength").asInt() <= 4000) {
            texts.add("x".repeat(inner.get("maxLength").asInt() + 1));
        }
        if (inner.has("minimum")) {
            texts.add(
                    inner.get("minimum").decimalValue().subtract(BigDecimal.ONE).toPlainString());
        }
        if (inner.has("maximum")) {
            texts.add(inner.get("maximum").decimalValue().add(BigDecimal.ONE).toPlainString());
        }
        texts.add("a\0b");
        return texts;
    }

    private void ask(Api.Call read, String name, String value) {
        tried++;
        var uri = UriComponentsBuilder.fromPath(read.pathTo(UUID.randomUUID()))
                .queryParam(name, "{value}")
                .encode()
                .buildAndExpand(value)
                .toUri();
        byte[] answer = tenant.admin()
                .server()
                .client()
                .get()
                .uri(URI.create("http://localhost:" + tenant.admin().server().port() + uri))
                .headers(headers -> headers.setBearerAuth(tenant.admin().token()))
                .exchange()
                .expectBody()
                .returnResult()
                .getResponseBodyContent();
        check(read + " with " + name + "=" + value.substring(0, Math.min(20, value.length())), name, answer);
    }

    @Test
    void refusesWhatIsNoJsonOrTooMuchOfIt() {
        int before = tenant.events().size();
        for (Api.Call command : api.commands()) {
            for (String body : MALFORMED) {
                assertRefused(command, body.getBytes(StandardCharsets.UTF_8), 400, "malformed-json");
            }
            assertRefused(command, new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'}, 400, "malformed-json");
            assertRefused(command, "{\"a\":".repeat(10_000).getBytes(StandardCharsets.UTF_8), 400, "malformed-json");
            assertRefused(command, "[".repeat(10_000).getBytes(StandardCharsets.UTF_8), 400, "malformed-json");
            for (Charset charset : List.of(
                    StandardCharsets.UTF_16,
                    StandardCharsets.UTF_16BE,
                    StandardCharsets.UTF_16LE,
                    StandardCharsets.UTF_32)) {
                assertRefused(command, "{\"a\":1}".getBytes(charset), 400, "malformed-json");
            }
            assertRefused(command, new byte[Bodies.LIMIT + 1], 413, "body-too-large");
        }
        assertRefused(api.commands().getFirst(), new byte[10 << 20], 413, "body-too-large");

        assertThat(wrong).isEmpty();
        assertThat(tenant.events()).hasSize(before);
    }

    private void assertRefused(Api.Call command, byte[] body, int status, String code) {
        byte[] answer = tenant.admin()
                .request(command.method(), command.pathTo(UUID.randomUUID()))
                .header(HttpHeaders.IF_MATCH, "\"1\"")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body)
                .exchange()
                .expectBody()
                .returnResult()
                .getResponseBodyContent();
        JsonNode problem = Json.MAPPER.readTree(answer == null ? new byte[0] : answer);
        if (problem.path("status").asInt() != status
                || !problem.path("code").asString("").equals(code)) {
            wrong.add(command + " with " + body.length + " bytes: " + problem);
        }
    }

    @Test
    void refusesAnIdThatIsNotWrittenInFull() {
        for (String id : List.of("1-1-1-1-1", "0000001-00000-0000-0000-000000000000")) {
            for (String path : List.of("/api/parts/", "/api/locations/", "/api/users/", "/api/imports/")) {
                check("GET " + path + id, "id", answerOf(path + id));
            }
            check("stock of a location " + id, "locationId", answerOf("/api/stock?locationId=" + id));
        }

        assertThat(wrong).isEmpty();
    }

    private byte @Nullable [] answerOf(String path) {
        return tenant.admin()
                .request(HttpMethod.GET, path)
                .exchange()
                .expectBody()
                .returnResult()
                .getResponseBodyContent();
    }

    @Test
    void refusesOtherBodiesThanJson() {
        for (Api.Call command : api.commands()) {
            tenant.admin()
                    .request(command.method(), command.pathTo(UUID.randomUUID()))
                    .header(HttpHeaders.IF_MATCH, "\"1\"")
                    .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                    .bodyValue("a=b")
                    .exchange()
                    .expectStatus()
                    .isEqualTo(415)
                    .expectBody()
                    .jsonPath("$.code")
                    .isEqualTo("unsupported-media-type");
        }
    }
}
