package io.sluice.inventory.web;

import io.sluice.testing.Server;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import io.sluice.testing.TestUser;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A tenant with parts and places, as its administrator makes them. */
final class Stockroom {

    static final JsonMapper JSON = JsonMapper.builder().build();

    private final TestTenant tenant = Tenants.fresh();

    TestTenant tenant() {
        return tenant;
    }

    TestUser admin() {
        return tenant.admin();
    }

    String location(String code) {
        return created(admin(), "/api/locations", Map.of("code", code, "name", "Place " + code));
    }

    String part(String number) {
        return part(number, Map.of());
    }

    String part(String number, Map<String, Object> more) {
        Map<String, Object> wish = new HashMap<>(Map.of("partNumber", number, "description", "Part " + number));
        wish.putAll(more);
        return created(admin(), "/api/parts", wish);
    }

    String category(String code) {
        return created(admin(), "/api/categories", Map.of("code", code, "name", "Category " + code));
    }

    String category(String code, String parent) {
        return created(
                admin(), "/api/categories", Map.of("code", code, "name", "Category " + code, "parentId", parent));
    }

    static String created(TestUser user, String path, Object body) {
        return text(json(user.post(path, body), 201), "id");
    }

    static Map<String, Object> move(String location, String part, String type, Object quantity) {
        Map<String, Object> wish =
                new HashMap<>(Map.of("locationId", location, "partId", part, "type", type, "quantity", quantity));
        if (type.equals("ADJUSTMENT") || type.equals("SCRAP")) {
            wish.put("reason", "TEST");
        }
        return wish;
    }

    static Map<String, Object> with(Map<String, Object> wish, String field, Object value) {
        Map<String, Object> more = new HashMap<>(wish);
        more.put(field, value);
        return more;
    }

    /** Posts as the administrator and expects it to be applied. */
    JsonNode moved(String location, String part, String type, Object quantity) {
        return moved(move(location, part, type, quantity));
    }

    JsonNode moved(Map<String, Object> wish) {
        return json(admin().post("/api/movements", wish), 201);
    }

    JsonNode got(String path) {
        return got(admin(), path);
    }

    static JsonNode got(TestUser user, String path) {
        return json(user.get(path), 200);
    }

    static JsonNode json(WebTestClient.ResponseSpec answer, int status) {
        byte[] body = answer.expectStatus()
                .isEqualTo(status)
                .expectBody()
                .returnResult()
                .getResponseBody();
        return JSON.readTree(Objects.requireNonNullElse(body, new byte[0]));
    }

    /** The code of the problem that the call was answered with. */
    static String refused(WebTestClient.ResponseSpec answer, int status) {
        return text(json(answer, status), "code");
    }

    static String text(JsonNode node, String field) {
        return node.path(field).stringValue();
    }

    static List<String> texts(JsonNode items, String field) {
        List<String> texts = new ArrayList<>();
        items.forEach(item -> texts.add(item.path(field).asString()));
        return texts;
    }

    /** Every line of the answer. */
    static List<JsonNode> lines(byte[] body) {
        return new String(body, StandardCharsets.UTF_8)
                .lines()
                .map(JSON::readTree)
                .toList();
    }

    static List<JsonNode> streamed(TestUser user, String path) {
        return lines(Objects.requireNonNull(user.request(HttpMethod.GET, path)
                .accept(MediaType.APPLICATION_NDJSON)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .returnResult()
                .getResponseBody()));
    }

    /** Many calls at once. */
    static WebClient many(TestUser user) {
        return WebClient.builder()
                .baseUrl("http://localhost:" + Server.shared().port())
                .codecs(it -> it.defaultCodecs().maxInMemorySize(64 << 20))
                .defaultHeaders(headers -> headers.setBearerAuth(user.token()))
                .build();
    }

    record Answered(int status, String body, boolean replayed) {}

    static Mono<Answered> answered(WebClient.RequestHeadersSpec<?> request) {
        return request.exchangeToMono(answer -> answer.bodyToMono(String.class)
                .defaultIfEmpty("")
                .map(body -> new Answered(
                        answer.statusCode().value(),
                        body,
                        "true".equals(answer.headers().asHttpHeaders().getFirst("Idempotency-Replayed")))));
    }

    /** Sends the lines as one stream and expects an answer for each. */
    static Mono<List<JsonNode>> stream(WebClient client, List<Map<String, Object>> moves) {
        return client.post()
                .uri("/api/movements")
                .contentType(MediaType.APPLICATION_NDJSON)
                .accept(MediaType.APPLICATION_NDJSON)
                .body(Flux.fromIterable(moves).map(move -> JSON.writeValueAsString(move) + "\n"), String.class)
                .retrieve()
                .onStatus(
                        HttpStatusCode::isError,
                        answer -> Mono.error(new AssertionError("the stream was answered with " + answer.statusCode())))
                .bodyToMono(byte[].class)
                .map(Stockroom::lines);
    }
}
