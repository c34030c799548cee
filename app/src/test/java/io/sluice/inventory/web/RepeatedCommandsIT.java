package io.sluice.inventory.web;

import static io.sluice.inventory.web.Stockroom.JSON;
import static io.sluice.inventory.web.Stockroom.answered;
import static io.sluice.inventory.web.Stockroom.many;
import static io.sluice.inventory.web.Stockroom.move;
import static io.sluice.inventory.web.Stockroom.text;
import static io.sluice.inventory.web.Stockroom.texts;
import static io.sluice.inventory.web.Stockroom.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.access.Role;
import io.sluice.inventory.web.Stockroom.Answered;
import io.sluice.testing.Owner;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

class RepeatedCommandsIT {

    private final Stockroom room = new Stockroom();
    private final String location = room.location("A");
    private final String part = room.part("P");
    private final WebClient client = many(room.admin());

    @Test
    void appliesAMovementOnceHoweverOftenAndHoweverCloselyItIsSent() {
        room.moved(location, part, "RECEIPT", 10);

        List<Answered> answers = atOnce("/api/movements", "k", move(location, part, "ISSUE", 1));

        assertThat(answers.stream().map(Answered::status)).containsOnly(201);
        assertThat(answers.stream().map(Answered::body).distinct()).hasSize(1);
        assertThat(answers.stream().filter(it -> !it.replayed())).hasSize(1);
        assertThat(quantity()).isEqualTo(9);
    }

    @Test
    void appliesABatchOnceAlike() {
        room.moved(location, part, "RECEIPT", 10);

        List<Answered> answers = atOnce(
                "/api/movements/batch",
                "k",
                Map.of("lines", List.of(move(location, part, "ISSUE", 1), move(location, part, "ISSUE", 100))));

        assertThat(answers.stream().map(Answered::body).distinct()).hasSize(1);
        assertThat(answers.stream().filter(it -> !it.replayed())).hasSize(1);
        assertThat(quantity()).isEqualTo(9);
    }

    @Test
    void makesAPartOnceAlike() {
        List<Answered> answers = atOnce("/api/parts", "k", Map.of("partNumber", "N", "description", "New"));

        assertThat(answers.stream().map(Answered::status)).containsOnly(201);
        assertThat(answers.stream().map(Answered::body).distinct()).hasSize(1);
        assertThat(answers.stream().filter(it -> !it.replayed())).hasSize(1);
    }

    @Test
    void answersARefusalAgainThoughItWouldPassNow() {
        Answered first = keyed("/api/movements", "k", move(location, part, "ISSUE", 1));
        room.moved(location, part, "RECEIPT", 10);

        Answered second = keyed("/api/movements", "k", move(location, part, "ISSUE", 1));

        assertThat(first.status()).isEqualTo(409);
        assertThat(second.status()).isEqualTo(409);
        assertThat(second.replayed()).isTrue();
        assertThat(text(JSON.readTree(second.body()), "code")).isEqualTo("insufficient-stock");
        assertThat(quantity()).isEqualTo(10);
    }

    @Test
    void refusesAKeyWithAnotherBody() {
        keyed("/api/movements", "k", move(location, part, "RECEIPT", 1));

        Answered other = keyed("/api/movements", "k", move(location, part, "RECEIPT", 2));

        assertThat(other.status()).isEqualTo(422);
        assertThat(text(JSON.readTree(other.body()), "code")).isEqualTo("idempotency-mismatch");
        assertThat(quantity()).isEqualTo(1);
    }

    @Test
    void keepsKeysOfPeopleAndRoutesApart() {
        String key = "the same";

        keyed("/api/movements", key, move(location, part, "RECEIPT", 1));
        keyed("/api/movements/batch", key, Map.of("lines", List.of(move(location, part, "RECEIPT", 1))));
        answered(many(room.tenant().user(Role.MANAGER))
                        .post()
                        .uri("/api/movements")
                        .header("Idempotency-Key", key)
                        .bodyValue(move(location, part, "RECEIPT", 1)))
                .block();

        assertThat(quantity()).isEqualTo(3);
    }

    @Test
    void answersAnExpiredKeyThatWasNotTidiedYet() {
        Answered first = keyed("/api/parts", "k", Map.of("partNumber", "N", "description", "New"));
        keyed("/api/movements", "m", move(location, part, "RECEIPT", 1));
        Owner.update(
                "UPDATE command_key SET expires_at = now() - interval '1 hour' WHERE tenant_id = ?",
                room.tenant().id().value());

        assertThat(keyed("/api/parts", "k", Map.of("partNumber", "N", "description", "New"))
                        .body())
                .isEqualTo(first.body());
        assertThat(keyed("/api/movements", "m", move(location, part, "RECEIPT", 1))
                        .status())
                .isEqualTo(201);
        assertThat(quantity()).isEqualTo(1);
    }

    @Test
    void appliesALineOnceAcrossBatchAndStreamAndAnswersIt() {
        Map<String, Object> line = with(move(location, part, "RECEIPT", 5), "key", "line-1");

        JsonNode first = streamed(line);
        JsonNode again = streamed(line);
        JsonNode inBatch = batch(List.of(line)).get(0);

        assertThat(text(first, "outcome")).isEqualTo("APPLIED");
        assertThat(List.of(text(again, "outcome"), text(inBatch, "outcome"))).containsOnly("DUPLICATE");
        assertThat(List.of(text(again.path("movement"), "id"), text(inBatch.path("movement"), "id")))
                .containsOnly(text(first.path("movement"), "id"));
        assertThat(quantity()).isEqualTo(5);
    }

    @Test
    void namesTheMovementOfALineThatStandsTwiceInABatch() {
        Map<String, Object> line = with(move(location, part, "RECEIPT", 5), "key", "line-1");

        JsonNode items = batch(List.of(line, line));

        assertThat(texts(items, "outcome")).containsExactly("APPLIED", "DUPLICATE");
        assertThat(text(items.get(1).path("movement"), "id"))
                .isEqualTo(text(items.get(0).path("movement"), "id"));
        assertThat(items.get(1).path("movement").path("newQuantity").longValue())
                .isEqualTo(5);
    }

    @Test
    void answersALineThatComesTwiceInABodyAsItDoesLater() {
        Map<String, Object> line = with(move(location, part, "RECEIPT", 5), "key", "line-1");
        Map<String, Object> other = with(move(location, part, "RECEIPT", 3), "key", "line-2");

        JsonNode inBatch = batch(List.of(line, line)).get(1);
        JsonNode inStream = Objects.requireNonNull(
                        Stockroom.stream(client, List.of(other, other)).block())
                .get(1);

        assertThat(inBatch.path("movement").propertyNames()).containsExactlyInAnyOrder("id", "newQuantity", "position");
        assertThat(inBatch.path("movement"))
                .isEqualTo(batch(List.of(line)).get(0).path("movement"));
        assertThat(text(inStream, "outcome")).isEqualTo("DUPLICATE");
        assertThat(inStream.path("movement")).isEqualTo(streamed(other).path("movement"));
        assertThat(quantity()).isEqualTo(8);
    }

    @Test
    void rejectsALineKeyThatComesTwiceInABodyForDifferentThings() {
        Map<String, Object> line = with(move(location, part, "RECEIPT", 5), "key", "line-1");
        Map<String, Object> other = with(line, "quantity", 6);

        JsonNode inBatch = batch(List.of(line, other)).get(1);
        JsonNode inStream = Objects.requireNonNull(
                        Stockroom.stream(client, List.of(other, line)).block())
                .get(0);

        assertThat(List.of(text(inBatch.path("problem"), "code"), text(inStream.path("problem"), "code")))
                .containsOnly("idempotency-mismatch");
        assertThat(inBatch.path("problem").path("status").intValue()).isEqualTo(422);
        assertThat(quantity()).isEqualTo(5);
    }

    @Test
    void callsNoLineADuplicateOfOneThatWasUndone() {
        Map<String, Object> line = with(move(location, part, "RECEIPT", 5), "key", "line-1");

        JsonNode refused = Stockroom.json(
                room.admin()
                        .post(
                                "/api/movements/batch",
                                Map.of(
                                        "atomic",
                                        true,
                                        "lines",
                                        List.of(line, line, move(location, part, "ISSUE", 100)))),
                409);

        assertThat(texts(refused.path("items"), "outcome")).containsOnly("REJECTED");
        assertThat(text(refused.path("items").get(1).path("problem"), "code")).isEqualTo("not-applied");
        assertThat(text(batch(List.of(line)).get(0), "outcome")).isEqualTo("APPLIED");
    }

    @Test
    void tellsEachRepetitionOfARefusalItsOwnTraceInItsOwnLanguage() {
        Map<String, Object> bare = Map.of("partNumber", "N", "description", "New");
        Map<String, Object> lines = Map.of("atomic", true, "lines", List.of(move(location, part, "ISSUE", 1)));
        room.admin().post("/api/parts", bare).expectStatus().isCreated();

        assertThat(List.of(
                        Map.entry("/api/movements", move(location, part, "ISSUE", 1)),
                        Map.entry("/api/movements/batch", lines),
                        Map.entry("/api/parts", bare)))
                .allSatisfy(command -> {
                    JsonNode first = refusal(command.getKey(), command.getValue(), "1".repeat(32), "de");
                    JsonNode again = refusal(command.getKey(), command.getValue(), "2".repeat(32), "en");

                    assertThat(text(first, "traceId")).isEqualTo("1".repeat(32));
                    assertThat(text(again, "traceId")).isEqualTo("2".repeat(32));
                    assertThat(text(again, "code")).isEqualTo(text(first, "code"));
                    assertThat(text(again, "title")).isNotEqualTo(text(first, "title"));
                });
    }

    /** Checks that its headers name the same trace and language. */
    private JsonNode refusal(String path, Map<String, Object> body, String trace, String language) {
        var answer = room.admin()
                .request(org.springframework.http.HttpMethod.POST, path)
                .header("Idempotency-Key", "refused")
                .header("traceparent", "00-" + trace + "-00f067aa0ba902b7-01")
                .header("Accept-Language", language)
                .bodyValue(body)
                .exchange()
                .expectHeader()
                .valueEquals("X-Trace-Id", trace)
                .expectHeader()
                .valueEquals("Content-Language", language);
        return Stockroom.json(answer, 409);
    }

    @Test
    void appliesALineKeyOnceWhenManyStreamsSendItAtOnce() {
        List<Map<String, Object>> lines = java.util.stream.IntStream.range(0, 50)
                .mapToObj(n -> with(move(location, part, "RECEIPT", 1), "key", "line-" + n))
                .toList();

        List<JsonNode> outcomes = Objects.requireNonNull(Flux.range(0, 8)
                .flatMap(_ -> Stockroom.stream(client, lines), 8)
                .flatMapIterable(all -> all)
                .collectList()
                .block(Duration.ofSeconds(30)));

        assertThat(outcomes.stream().filter(it -> text(it, "outcome").equals("APPLIED")))
                .hasSize(50);
        assertThat(outcomes.stream().filter(it -> text(it, "outcome").equals("DUPLICATE")))
                .hasSize(350);
        assertThat(outcomes.stream().map(it -> text(it.path("movement"), "id")).distinct())
                .hasSize(50);
        assertThat(quantity()).isEqualTo(50);
    }

    @Test
    void rejectsALineKeyWithAnotherBodyEvenOneOfTheSameJavaHash() {
        streamed(with(with(move(location, part, "RECEIPT", 5), "key", "line-1"), "note", "Aa"));

        JsonNode other = streamed(with(with(move(location, part, "RECEIPT", 6), "key", "line-1"), "note", "Aa"));
        JsonNode sameHash = streamed(with(with(move(location, part, "RECEIPT", 5), "key", "line-1"), "note", "BB"));

        assertThat(text(other.path("problem"), "code")).isEqualTo("idempotency-mismatch");
        assertThat(text(sameHash, "outcome")).isEqualTo("REJECTED");
        assertThat(text(sameHash.path("problem"), "code")).isEqualTo("idempotency-mismatch");
    }

    private JsonNode streamed(Map<String, Object> line) {
        return Objects.requireNonNull(Stockroom.stream(client, List.of(line)).block())
                .getFirst();
    }

    private JsonNode batch(List<Map<String, Object>> lines) {
        return Stockroom.json(room.admin().post("/api/movements/batch", Map.of("lines", lines)), 200)
                .path("items");
    }

    private Answered keyed(String path, String key, Object body) {
        return Objects.requireNonNull(
                answered(client.post().uri(path).header("Idempotency-Key", key).bodyValue(body))
                        .block());
    }

    private List<Answered> atOnce(String path, String key, Object body) {
        return Objects.requireNonNull(Flux.range(0, 20)
                .flatMap(
                        _ -> answered(client.post()
                                .uri(path)
                                .header("Idempotency-Key", key)
                                .bodyValue(body)),
                        20)
                .collectList()
                .block(Duration.ofSeconds(30)));
    }

    private long quantity() {
        return room.got("/api/stock/" + location + "/" + part).path("quantity").longValue();
    }
}
