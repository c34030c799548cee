package io.sluice.inventory.web;

import static io.sluice.inventory.web.Stockroom.created;
import static io.sluice.inventory.web.Stockroom.json;
import static io.sluice.inventory.web.Stockroom.refused;
import static io.sluice.inventory.web.Stockroom.text;
import static io.sluice.inventory.web.Stockroom.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.Recorded;
import io.sluice.testing.TestUser;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

class CatalogueIT {

    private final Stockroom room = new Stockroom();
    private final TestUser admin = room.admin();

    @Test
    void makesAPartWithATagAndRefusesItsNumberASecondTime() {
        admin.post("/api/parts", Map.of("partNumber", "M8", "description", "Bolt"))
                .expectStatus()
                .isCreated()
                .expectHeader()
                .valueEquals("ETag", "\"1\"");

        assertThat(refused(admin.post("/api/parts", Map.of("partNumber", "M8", "description", "Bolt")), 409))
                .isEqualTo("part-number-taken");
        json(admin.post("/api/parts", Map.of("partNumber", "m8", "description", "Bolt")), 201);
    }

    @Test
    void changesAPartOfTheVersionThatWasReadAndSaysWhatChanged() {
        String part = room.part("P", Map.of("price", 1));

        assertThat(refused(
                        admin.request(HttpMethod.PATCH, "/api/parts/" + part)
                                .bodyValue(Map.of("description", "New"))
                                .exchange(),
                        428))
                .isEqualTo("version-required");
        json(admin.patch("/api/parts/" + part, 1, Map.of("description", "New")), 200);
        assertThat(json(admin.patch("/api/parts/" + part, 1, Map.of("description", "Newer")), 412)
                        .path("currentVersion")
                        .intValue())
                .isEqualTo(2);

        List<Recorded> updates = room.tenant().events().stream()
                .filter(it -> it.type().equals("part.updated"))
                .toList();
        assertThat(updates).singleElement().satisfies(event -> assertThat(
                        Stockroom.JSON.readTree(event.payload()).path("changed"))
                .isEqualTo(Stockroom.JSON.readTree("{\"description\":{\"old\":\"Part P\",\"new\":\"New\"}}")));
    }

    @Test
    void letsOneOfTwoChangesWin() {
        String part = room.part("P");
        var client = Stockroom.many(admin);

        List<Integer> statuses = Objects.requireNonNull(Flux.range(0, 10)
                .flatMap(
                        n -> Stockroom.answered(client.patch()
                                .uri("/api/parts/" + part)
                                .header("If-Match", "\"1\"")
                                .bodyValue(Map.of("description", "by " + n))),
                        10)
                .map(Stockroom.Answered::status)
                .collectList()
                .block(Duration.ofSeconds(20)));

        assertThat(statuses).containsOnlyOnce(200).containsOnly(200, 412);
    }

    @Test
    void neverShowsAnotherPart() {
        List<String> parts =
                IntStream.range(0, 20).mapToObj(n -> room.part("P" + n)).toList();
        var client = Stockroom.many(admin);

        List<Boolean> right = Objects.requireNonNull(Flux.range(0, 100)
                .flatMap(
                        n -> Stockroom.answered(client.get().uri("/api/parts/" + parts.get(n % 20)))
                                .map(it -> text(Stockroom.JSON.readTree(it.body()), "partNumber")
                                        .equals("P" + n % 20)),
                        100)
                .collectList()
                .block(Duration.ofSeconds(20)));

        assertThat(right).hasSize(100).containsOnly(true);
    }

    @Test
    void servesAPartFromTheCacheUntilAnEventTouchesIt() {
        String part = room.part("P");
        String other = room.part("Q");
        room.got("/api/parts/" + part);

        admin.get("/api/parts/" + part).expectHeader().valueEquals("X-Cache", "l1");
        json(admin.patch("/api/parts/" + other, 1, Map.of("description", "New")), 200);
        admin.get("/api/parts/" + part).expectHeader().valueEquals("X-Cache", "l1");
        json(admin.patch("/api/parts/" + part, 1, Map.of("description", "New")), 200);
        assertThat(text(room.got("/api/parts/" + part), "description")).isEqualTo("New");
        admin.post("/api/parts/" + part + "/refresh").expectStatus().isOk();
    }

    @Test
    void followsTheStatesOfAPart() {
        String part = room.part("P");

        JsonNode refusal = json(admin.patch("/api/parts/" + part, 1, Map.of("status", "OBSOLETE")), 409);
        assertThat(text(refusal, "code")).isEqualTo("illegal-transition");
        assertThat(refusal.path("allowed")).hasSize(1);
        json(admin.patch("/api/parts/" + part, 1, Map.of("status", "PHASE_OUT")), 200);
        json(admin.patch("/api/parts/" + part, 2, Map.of("status", "OBSOLETE")), 200);
    }

    @Test
    void hangsACodeUnderItsWords() {
        String id = room.category("A_B_C");

        JsonNode tree = room.got("/api/categories/tree").path("items");

        assertThat(tree).extracting(it -> text(it.path("category"), "code")).containsExactly("A", "A_B", "A_B_C");
        assertThat(room.got("/api/categories/" + id).path("depth").intValue()).isEqualTo(3);
        room.category("A_B_D");
        assertThat(room.got("/api/categories/tree").path("items")).hasSize(4);
    }

    @Test
    void refusesACycleAnEleventhLevelAndToRemoveWhatIsUsed() {
        String top = room.category("T");
        String below = room.category("U", top);
        String deepest = below;
        for (int level = 3; level <= 10; level++) {
            deepest = room.category("L" + level, deepest);
        }
        room.part("P", Map.of("categoryId", below));

        assertThat(refused(admin.patch("/api/categories/" + top, 1, Map.of("parentId", below)), 409))
                .isEqualTo("category-cycle");
        assertThat(refused(admin.post("/api/categories", Map.of("code", "L11", "name", "x", "parentId", deepest)), 422))
                .isEqualTo("category-depth");
        assertThat(refused(admin.post("/api/categories", Map.of("code", "1_2_3_4_5_6_7_8_9_10_11", "name", "x")), 422))
                .isEqualTo("category-depth");
        assertThat(refused(
                        admin.request(HttpMethod.DELETE, "/api/categories/" + below)
                                .header("If-Match", "\"1\"")
                                .exchange(),
                        409))
                .isEqualTo("category-in-use");
        assertThat(room.got("/api/categories/tree").path("items")).hasSize(10);
    }

    @Test
    void includesTheDescendantsOfACategoryInLists() {
        String top = room.category("T");
        String below = room.category("T_U");
        room.part("P1", Map.of("categoryId", top));
        room.part("P2", Map.of("categoryId", below));
        room.part("P3");

        assertThat(texts(room.got("/api/parts?categoryId=" + top).path("items"), "partNumber"))
                .containsExactly("P1", "P2");
        JsonNode node = room.got("/api/categories/tree").path("items").get(0);
        assertThat(List.of(
                        node.path("parts").intValue(), node.path("partsBelow").intValue()))
                .containsExactly(1, 2);
    }

    @Test
    void movesASubtreeAsAWhole() {
        String left = room.category("LEFT");
        String right = room.category("RIGHT");
        String below = room.category("X", left);
        room.part("P", Map.of("categoryId", room.category("Y", below)));

        json(admin.patch("/api/categories/" + below, 1, Map.of("parentId", right)), 200);

        assertThat(texts(room.got("/api/parts?categoryId=" + right).path("items"), "partNumber"))
                .containsExactly("P");
        assertThat(room.got("/api/parts?categoryId=" + left).path("items")).isEmpty();
    }

    @Test
    void closesALocationOnlyWhenItIsEmpty() {
        String location = room.location("A");
        String part = room.part("P");
        room.moved(location, part, "RECEIPT", 1);

        assertThat(refused(admin.patch("/api/locations/" + location, 1, Map.of("active", false)), 409))
                .isEqualTo("location-not-empty");
        room.moved(location, part, "ISSUE", 1);
        json(admin.patch("/api/locations/" + location, 1, Map.of("active", false)), 200);
        assertThat(refused(admin.post("/api/movements", Stockroom.move(location, part, "RECEIPT", 1)), 422))
                .isEqualTo("unknown-location");
        assertThat(refused(admin.post("/api/locations", Map.of("code", "A", "name", "again")), 409))
                .isEqualTo("code-taken");
        assertThat(created(admin, "/api/locations", Map.of("code", "B", "name", "another")))
                .isNotBlank();
    }

    @Test
    void changesNothingWhereAllStaysAsItIs() {
        String part = room.part("P", Map.of("price", 10, "tags", List.of("a"), "attributes", Map.of("volt", 1.5)));

        JsonNode same =
                json(admin.patch("/api/parts/" + part, 1, Map.of("price", 10, "attributes", Map.of("volt", 1.5))), 200);

        assertThat(same.path("version").intValue()).isEqualTo(1);
        assertThat(updatesOf("part.updated")).isEmpty();
        assertThat(updatesOf("part.price.changed")).isEmpty();
        json(admin.patch("/api/parts/" + part, 1, Map.of("price", 11)), 200);
        assertThat(updatesOf("part.price.changed")).hasSize(1);
    }

    @Test
    void showsANewCostAtOnceThoughNoEventNamesIt() {
        String part = room.part("P", Map.of("standardCost", 6));
        room.got("/api/parts/" + part);

        json(admin.patch("/api/parts/" + part, 1, Map.of("standardCost", 7)), 200);

        JsonNode card = room.got("/api/parts/" + part);
        assertThat(card.path("standardCost").decimalValue()).isEqualByComparingTo("7");
        assertThat(card.path("version").intValue()).isEqualTo(2);
        assertThat(updatesOf("part.updated")).singleElement().satisfies(event -> assertThat(event.payload())
                .doesNotContain("Cost"));
    }

    private List<Recorded> updatesOf(String type) {
        return room.tenant().events().stream()
                .filter(it -> it.type().equals(type))
                .toList();
    }

    @Test
    void refusesARingOfLocationsAndAManagerWhoDoesNotExist() {
        String top = room.location("TOP");
        String below = created(admin, "/api/locations", Map.of("code", "B", "name", "below", "parentId", top));

        assertThat(refused(admin.patch("/api/locations/" + top, 1, Map.of("parentId", below)), 409))
                .isEqualTo("location-cycle");
        assertThat(refused(admin.patch("/api/locations/" + top, 1, Map.of("parentId", top)), 409))
                .isEqualTo("location-cycle");
        var nobody = List.of(java.util.UUID.randomUUID());
        assertThat(refused(admin.patch("/api/locations/" + top, 1, Map.of("managerIds", nobody)), 422))
                .isEqualTo("unknown-user");
        assertThat(refused(admin.post("/api/locations", Map.of("code", "C", "name", "c", "managerIds", nobody)), 422))
                .isEqualTo("unknown-user");
        json(
                admin.patch("/api/locations/" + top, 1, Map.of("address", "Quay 1", "managerIds", List.of(admin.id()))),
                200);
        assertThat(updatesOf("location.updated")).singleElement().satisfies(event -> assertThat(event.payload())
                .contains("Quay 1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"categories", "locations"})
    void makesNoRingOfTwoMovesAtOnce(String tree) {
        var client = Stockroom.many(admin);
        for (int round = 0; round < 15; round++) {
            String left = created(admin, "/api/" + tree, Map.of("code", "L" + round, "name", "left"));
            String right = created(admin, "/api/" + tree, Map.of("code", "R" + round, "name", "right"));

            List<Integer> statuses = Objects.requireNonNull(Flux.just(List.of(left, right), List.of(right, left))
                    .flatMap(pair -> Stockroom.answered(client.patch()
                            .uri("/api/" + tree + "/" + pair.getFirst())
                            .header("If-Match", "\"1\"")
                            .bodyValue(Map.of("parentId", pair.getLast()))))
                    .map(Stockroom.Answered::status)
                    .collectList()
                    .block(Duration.ofSeconds(20)));

            assertThat(statuses).containsExactlyInAnyOrder(200, 409);
        }
    }

    @Test
    void makesAMissingAncestorOnceForManyAtOnce() {
        var client = Stockroom.many(admin);

        List<Integer> statuses = Objects.requireNonNull(Flux.range(0, 8)
                .flatMap(
                        n -> Stockroom.answered(client.post()
                                .uri("/api/categories")
                                .bodyValue(Map.of("code", "NEW_" + n, "name", "new"))),
                        8)
                .map(Stockroom.Answered::status)
                .collectList()
                .block(Duration.ofSeconds(20)));

        assertThat(statuses).hasSize(8).containsOnly(201);
        assertThat(room.got("/api/categories/tree").path("items")).hasSize(9);
    }

    @Test
    void removesACategoryOrTakesAPartIntoItButNeverBoth() {
        var client = Stockroom.many(admin);
        for (int round = 0; round < 15; round++) {
            String category = room.category("C" + round);

            var made = Stockroom.answered(client.post()
                    .uri("/api/parts")
                    .bodyValue(Map.of("partNumber", "P" + round, "description", "new", "categoryId", category)));
            var removed = Stockroom.answered(
                    client.delete().uri("/api/categories/" + category).header("If-Match", "\"1\""));
            List<Integer> statuses = Objects.requireNonNull(Flux.mergeSequential(made, removed)
                    .map(Stockroom.Answered::status)
                    .collectList()
                    .block(Duration.ofSeconds(20)));

            assertThat(statuses).isIn(List.of(201, 409), List.of(422, 204));
        }
    }
}
