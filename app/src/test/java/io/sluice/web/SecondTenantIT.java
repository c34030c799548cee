package io.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.access.Role;
import io.sluice.log.Topic;
import io.sluice.testing.Owner;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import io.sluice.testing.TestUser;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every route of {@code /openapi}, asked by an administrator of one tenant with what belongs to another. What the other
 * has is taken from its tables, so that neither a new route nor a new table can be left out.
 */
class SecondTenantIT {

    private static final String MOMENT = "2026-01-01T00:00:00Z";
    /** Consumers and the seal of the log follow on their own, whoever asks what. */
    private static final Set<String> FOLLOWERS = Set.of("consumer", "anchor");

    private final Api api = Api.read();
    private final TestTenant owner = Tenants.fresh();
    private final TestTenant other = Tenants.fresh();
    private final List<String> wrong = new ArrayList<>();

    /** An answer to the other tenant. */
    private record Answer(int status, String body) {

        String code() {
            return body.startsWith("{")
                    ? Json.MAPPER.readTree(body).path("code").asString("")
                    : "";
        }
    }

    @BeforeEach
    void fill() {
        String category = made("/api/categories", Map.of("code", "C-1", "name", "Screws"));
        made("/api/categories", Map.of("code", "C-2", "name", "Nuts"));
        String location = made(
                "/api/locations",
                Map.of(
                        "code",
                        "L-1",
                        "name",
                        "Hall",
                        "managerIds",
                        List.of(owner.admin().id())));
        made("/api/locations", Map.of("code", "L-2", "name", "Yard"));
        for (String number : List.of("P-1", "P-2")) {
            String part = made(
                    "/api/parts",
                    Map.of("partNumber", number, "description", "Bolt", "categoryId", category, "reorderThreshold", 5));
            made("/api/movements", move(location, part, "RECEIPT", 10));
            made("/api/movements", move(location, part, "ISSUE", 9));
        }
        owner.user(Role.MANAGER);
        owner.signIn(owner.admin().username());
        String file = json(owner.admin()
                        .request(HttpMethod.POST, "/api/imports/parts")
                        .contentType(MediaType.parseMediaType("text/csv"))
                        .bodyValue("partNumber;description\n;without a number\n")
                        .exchange()
                        .expectStatus()
                        .isAccepted()
                        .expectBody()
                        .returnResult()
                        .getResponseBodyContent())
                .get("id")
                .asString();
        until(() -> !Set.of("QUEUED", "RUNNING", "UPLOADING").contains(of(owner, "/api/imports/" + file, "state")));
        until(() -> of(owner, "/api/notifications/unread-count", "unread").equals("2"));
    }

    private static Map<String, Object> move(String location, String part, String type, int quantity) {
        return Map.of("locationId", location, "partId", part, "type", type, "quantity", quantity);
    }

    private String made(String path, Object body) {
        return json(owner.admin()
                        .post(path, body)
                        .expectStatus()
                        .isCreated()
                        .expectBody()
                        .returnResult()
                        .getResponseBodyContent())
                .get("id")
                .asString();
    }

    private static String of(TestTenant tenant, String path, String field) {
        return json(tenant.admin()
                        .get(path)
                        .expectStatus()
                        .isOk()
                        .expectBody()
                        .returnResult()
                        .getResponseBodyContent())
                .path(field)
                .asString();
    }

    private static JsonNode json(byte @Nullable [] body) {
        return Json.MAPPER.readTree(Objects.requireNonNull(body));
    }

    private static void until(java.util.concurrent.Callable<Boolean> condition) {
        Mono.fromCallable(condition)
                .subscribeOn(Schedulers.boundedElastic())
                .repeatWhen(again -> again.delayElements(Duration.ofMillis(50)))
                .filter(met -> met)
                .next()
                .block(Duration.ofSeconds(30));
    }

    @Test
    void showsNothingOfAnotherTenantAndLetsNothingOfItBeChanged() {
        Map<String, List<String>> things = thingsOf(owner);
        Map<String, String> before = stateOf(owner);
        long head = owner.events().getLast().position();

        for (Api.Call call : api.calls()) {
            if (!call.isOpen() && !call.path().equals("/api/streams")) {
                things.values().forEach(ids -> ask(call, ids.getFirst(), things));
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(stateOf(owner)).isEqualTo(before);
        assertThat(owner.events().getLast().position()).isEqualTo(head);
    }

    private void ask(Api.Call call, String id, Map<String, List<String>> things) {
        boolean reads = call.method() == HttpMethod.GET;
        TestUser asker = reads || call.hasVariables() ? other.admin() : other.user(Role.ADMIN);
        Answer answer = answerTo(asker, call, id);
        boolean right = namesAThing(call)
                ? answer.status() == 404
                : isRefused(answer)
                        || (answer.status() < 300 && showsOnlyItsOwn(answer, things) && (reads || !sendsIds(call)));
        if (!right) {
            wrong.add(call + " with " + id + ": " + answer);
        }
    }

    private boolean namesAThing(Api.Call call) {
        return call.parameters().stream()
                .filter(it -> it.path("in").asString("").equals("path"))
                .anyMatch(it -> isId(api.resolved(it.get("schema"))));
    }

    private static boolean showsOnlyItsOwn(Answer answer, Map<String, List<String>> things) {
        return things.values().stream().flatMap(List::stream).noneMatch(answer.body()::contains);
    }

    /** As a whole or line by line, and not because the asker was signed out. */
    private static boolean isRefused(Answer answer) {
        boolean asAWhole = answer.status() >= 400 && answer.status() < 500;
        return answer.body().contains("\"outcome\":\"REJECTED\"")
                || (asAWhole && (answer.status() != 401 || answer.code().equals("bad-credentials")));
    }

    private boolean sendsIds(Api.Call call) {
        JsonNode body = call.operation().at("/requestBody/content/application~1json/schema");
        return !body.isMissingNode()
                && withIds(api.resolved(body), "the id").toString().contains("the id");
    }

    private Answer answerTo(TestUser asker, Api.Call call, String id) {
        JsonNode content = call.operation().at("/requestBody/content");
        boolean isJson = content.has("application/json");
        var request = asker.request(call.method(), addressOf(call, id)).header(HttpHeaders.IF_MATCH, "\"1\"");
        var sent = content.isMissingNode() && call.method() == HttpMethod.GET
                ? request
                : request.contentType(
                                isJson || content.isMissingNode() ? MediaType.APPLICATION_JSON : MediaType.TEXT_PLAIN)
                        .bodyValue(isJson ? Json.bytes(withIds(api.bodyOf(call), id)) : "{}");
        var result = sent.exchange().expectBody().returnResult();
        byte[] body = result.getResponseBodyContent();
        return new Answer(result.getStatus().value(), body == null ? "" : new String(body, StandardCharsets.UTF_8));
    }

    /** Ids wherever the route takes one; a parameter of another kind that must be there needs a word here. */
    private String addressOf(Api.Call call, String id) {
        String path = call.path();
        List<String> query = new ArrayList<>();
        for (JsonNode parameter : call.parameters()) {
            String name = parameter.path("name").asString("");
            JsonNode schema = api.resolved(parameter.path("schema"));
            if (parameter.path("in").asString("").equals("path")) {
                path = path.replace("{" + name + "}", isId(schema) ? id : wordFor(call, name));
            } else if (parameter.path("in").asString("").equals("query")
                    && (isId(schema) || parameter.path("required").asBoolean())) {
                query.add(name + "=" + (isId(schema) ? id : wordFor(call, name)));
            }
        }
        return path + (query.isEmpty() ? "" : "?" + String.join("&", query));
    }

    private String wordFor(Api.Call call, String name) {
        return switch (name) {
            case "resource" -> "parts";
            case "position" -> Long.toString(owner.events().getLast().position());
            case "at" -> MOMENT;
            default -> throw new IllegalStateException("no way to call " + call + " with " + name);
        };
    }

    private JsonNode withIds(JsonNode schema, String id) {
        ObjectNode sample = (ObjectNode) api.sample(schema);
        for (Map.Entry<String, JsonNode> field : schema.path("properties").properties()) {
            JsonNode inner = api.resolved(field.getValue());
            JsonNode items = api.resolved(inner.path("items"));
            if (isId(inner)) {
                sample.put(field.getKey(), id);
            } else if (isId(items)) {
                sample.putArray(field.getKey()).add(id);
            } else if (items.has("properties")) {
                sample.putArray(field.getKey()).add(withIds(items, id));
            }
        }
        return sample;
    }

    private static boolean isId(JsonNode schema) {
        return schema.path("format").asString("").equals("uuid");
    }

    /** By table, the ids that a tenant has in it. */
    private static Map<String, List<String>> thingsOf(TestTenant tenant) {
        Map<String, List<String>> things = new TreeMap<>();
        for (String table : tables("id")) {
            List<String> ids = Owner.query(
                    "SELECT id FROM " + table + " WHERE tenant_id = ? ORDER BY id",
                    row -> row.getString(1),
                    tenant.id().value());
            assertThat(ids).as("a " + table + " to be asked for").isNotEmpty();
            things.put(table, ids);
        }
        return things;
    }

    private static Map<String, String> stateOf(TestTenant tenant) {
        return tables("tenant_id").stream()
                .filter(table -> !FOLLOWERS.contains(table))
                .collect(Collectors.toMap(table -> table, table -> stateOf(tenant, table)));
    }

    /** How many rows, and what is in them. */
    private static String stateOf(TestTenant tenant, String table) {
        return Owner.query(
                        "SELECT count(*) || ' ' || md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), '')) FROM "
                                + table + " t WHERE tenant_id = ?",
                        row -> row.getString(1),
                        tenant.id().value())
                .getFirst();
    }

    /** Those of tenants that have the column too. */
    private static List<String> tables(String column) {
        return Owner.query("""
                SELECT c.relname FROM pg_class c
                JOIN pg_attribute t ON t.attrelid = c.oid AND t.attname = 'tenant_id'
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = ? AND a.atttypid = 'uuid'::regtype
                WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                ORDER BY c.relname
                """, row -> row.getString(1), column);
    }

    @Test
    void goesOnInNoListOfAnotherTenant() {
        int lists = 0;
        for (Api.Call call : api.reads()) {
            boolean pages = call.query().stream()
                    .anyMatch(it -> it.get("name").asString().equals("cursor"));
            if (pages && !call.hasVariables()) {
                lists++;
                String list = addressOf(call, UUID.randomUUID().toString()).replaceFirst("\\?.*", "") + "?limit=1";
                JsonNode page =
                        Json.MAPPER.readTree(answerTo(owner.admin(), list).body());
                assertThat(page.has("next")).as(call + " has a second page").isTrue();
                String next = list + "&cursor=" + page.path("next").asString();
                assertThat(answerTo(owner.admin(), next).status()).as(next).isEqualTo(200);
                assertThat(answerTo(other.admin(), next).code()).as(next).isEqualTo("invalid-request");
            }
        }
        assertThat(lists).isPositive();
    }

    private static Answer answerTo(TestUser asker, String path) {
        var result = asker.get(path).expectBody().returnResult();
        return new Answer(
                result.getStatus().value(),
                new String(Objects.requireNonNull(result.getResponseBodyContent()), StandardCharsets.UTF_8));
    }

    @Test
    void answersAKeyOfAnotherTenantAsANewOne() {
        String key = UUID.randomUUID().toString();
        List<String> ids = new ArrayList<>();

        for (TestTenant tenant : List.of(owner, other)) {
            ids.add(json(tenant.admin()
                            .request(HttpMethod.POST, "/api/parts")
                            .header("Idempotency-Key", key)
                            .contentType(MediaType.APPLICATION_JSON)
                            .bodyValue(Map.of("partNumber", "P-9", "description", "of " + tenant.slug()))
                            .exchange()
                            .expectStatus()
                            .isCreated()
                            .expectHeader()
                            .doesNotExist("Idempotency-Replayed")
                            .expectBody()
                            .returnResult()
                            .getResponseBodyContent())
                    .get("id")
                    .asString());
        }

        assertThat(ids).doesNotHaveDuplicates();
    }

    /** What happens at the asker's own is what ends the wait: by then the other's would have come too. */
    @Test
    void streamsNothingOfTheTopicsOfAnotherTenant() {
        Map<String, List<String>> things = thingsOf(owner);
        List<String> ids = things.values().stream().map(List::getFirst).toList();
        StringBuffer received = new StringBuffer();
        var reading = Disposables.composite();
        for (Topic.Kind kind : Topic.Kind.values()) {
            String topics = Topic.parse(kind.word()).isPresent()
                    ? kind.word()
                    : ids.stream().map(id -> kind.word() + ":" + id).collect(Collectors.joining(","));
            reading.add(read(other.admin(), "/api/streams?snapshot=true&topics=part:*," + topics, received));
        }
        int streams = Topic.Kind.values().length;
        try {
            until(() -> received.toString().split("\"ready\"", -1).length > streams);
            made("/api/movements", move(first(things, "location"), first(things, "part"), "RECEIPT", 1));
            other.admin()
                    .post("/api/parts", Map.of("partNumber", "FENCE", "description", "Bolt"))
                    .expectStatus()
                    .isCreated();
            until(() -> received.toString().split("FENCE", -1).length > streams);
        } finally {
            reading.dispose();
        }

        List<String> events = received.toString()
                .lines()
                .filter(line -> !line.contains("\"ready\"") && !line.contains("\"denied\""))
                .toList();
        assertThat(events).noneMatch(line -> ids.stream().anyMatch(line::contains));
    }

    private static Disposable read(TestUser reader, String path, StringBuffer into) {
        return HttpClient.create()
                .headers(headers ->
                        headers.set("Authorization", "Bearer " + reader.token()).set("Accept", "application/x-ndjson"))
                .get()
                .uri("http://127.0.0.1:" + reader.server().port() + path)
                .responseContent()
                .asString()
                .reduce("", (rest, text) -> linesInto(into, rest + text))
                .subscribe();
    }

    /** Streams share what they are read into, so only whole lines go there. */
    private static String linesInto(StringBuffer into, String text) {
        int end = text.lastIndexOf('\n') + 1;
        into.append(text, 0, end);
        return text.substring(end);
    }

    private static String first(Map<String, List<String>> things, String table) {
        return Objects.requireNonNull(things.get(table)).getFirst();
    }
}
