package io.sluice.imports.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.TestUser;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A file that a user sent, and what the server says of it. */
record SentFile(TestUser user, String id) {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Set<String> ENDED = Set.of("SUCCEEDED", "FAILED", "CANCELLED");

    static SentFile csv(TestUser user, String pathAndQuery, String text) {
        return send(user, pathAndQuery, MediaType.parseMediaType("text/csv"), text.getBytes(StandardCharsets.UTF_8));
    }

    static SentFile ndjson(TestUser user, String pathAndQuery, String text) {
        return send(user, pathAndQuery, MediaType.APPLICATION_NDJSON, text.getBytes(StandardCharsets.UTF_8));
    }

    static SentFile send(TestUser user, String pathAndQuery, MediaType type, byte[] body) {
        JsonNode answer =
                json(attempt(user, pathAndQuery, type, body).expectStatus().isAccepted());
        return new SentFile(user, answer.get("id").stringValue());
    }

    static WebTestClient.ResponseSpec attempt(TestUser user, String pathAndQuery, MediaType type, byte[] body) {
        return user.request(HttpMethod.POST, "/api/imports/" + pathAndQuery)
                .contentType(type)
                .bodyValue(body)
                .exchange();
    }

    static JsonNode json(WebTestClient.ResponseSpec answer) {
        return JSON.readTree(Objects.requireNonNull(
                answer.expectBody(byte[].class).returnResult().getResponseBody()));
    }

    static JsonNode parsed(String json) {
        return JSON.readTree(json);
    }

    JsonNode now() {
        return json(user.get("/api/imports/" + id).expectStatus().isOk());
    }

    /** As it is once it has ended. */
    JsonNode ended() {
        return awaited(it -> ENDED.contains(it.get("state").stringValue()));
    }

    JsonNode succeeded() {
        JsonNode ended = ended();
        assertThat(ended.get("state").stringValue()).as(ended.toString()).isEqualTo("SUCCEEDED");
        return ended;
    }

    JsonNode awaited(java.util.function.Predicate<JsonNode> condition) {
        return Objects.requireNonNull(Mono.fromCallable(this::now)
                .subscribeOn(reactor.core.scheduler.Schedulers.boundedElastic())
                .repeatWhen(again -> again.delayElements(Duration.ofMillis(50)))
                .filter(condition)
                .next()
                .block(Duration.ofMinutes(10)));
    }

    static long read(JsonNode it) {
        return it.get("counters").get("read").asLong();
    }

    /** Counters in the order applied, duplicate, skipped, failed. */
    static List<Long> counters(JsonNode it) {
        JsonNode counters = it.get("counters");
        return List.of(
                counters.get("applied").asLong(),
                counters.get("duplicate").asLong(),
                counters.get("skipped").asLong(),
                counters.get("failed").asLong());
    }

    JsonNode lines(String outcome) {
        return json(user.get("/api/imports/" + id + "/lines?limit=200&outcome=" + outcome)
                        .expectStatus()
                        .isOk())
                .get("items");
    }

    String rejects() {
        return new String(
                Objects.requireNonNull(user.get("/api/imports/" + id + "/rejects")
                        .expectStatus()
                        .isOk()
                        .expectBody(byte[].class)
                        .returnResult()
                        .getResponseBody()),
                StandardCharsets.UTF_8);
    }

    SentFile post(String verb) {
        user.post("/api/imports/" + id + "/" + verb).expectStatus().isOk();
        return this;
    }

    static String location(TestUser user, String code) {
        return json(user.post("/api/locations", Map.of("code", code, "name", code))
                        .expectStatus()
                        .isCreated())
                .get("id")
                .stringValue();
    }
}
