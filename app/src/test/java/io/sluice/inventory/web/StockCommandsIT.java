package io.sluice.inventory.web;

import static io.sluice.inventory.web.Stockroom.json;
import static io.sluice.inventory.web.Stockroom.move;
import static io.sluice.inventory.web.Stockroom.refused;
import static io.sluice.inventory.web.Stockroom.text;
import static io.sluice.inventory.web.Stockroom.texts;
import static io.sluice.inventory.web.Stockroom.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.Recorded;
import io.sluice.testing.TestUser;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class StockCommandsIT {

    private final Stockroom room = new Stockroom();
    private final TestUser admin = room.admin();
    private final String location = room.location("A");
    private final String part = room.part("P", Map.of("reorderThreshold", 5, "criticalThreshold", 2, "price", 3));

    @Test
    void keepsWhatCallersSendInsideMetadata() {
        Map<String, Object> mine = new HashMap<>(Map.of("newQuantity", 999, "occurredAt", "never", "n", 1.50));
        room.moved(with(move(location, part, "RECEIPT", 7), "metadata", mine));

        JsonNode payload = Stockroom.JSON.readTree(lastOf("stock.changed").payload());

        assertThat(payload.path("newQuantity").intValue()).isEqualTo(7);
        assertThat(payload.path("change").intValue()).isEqualTo(7);
        assertThat(payload.path("metadata").path("newQuantity").intValue()).isEqualTo(999);
        assertThat(Instant.parse(text(payload, "occurredAt")))
                .isBefore(Instant.now().plusSeconds(60));
    }

    @Test
    void reversesAMovementExactlyAndOnce() {
        room.moved(location, part, "RECEIPT", 10);
        String id = text(room.moved(location, part, "ISSUE", 4), "id");

        JsonNode reversal = json(admin.post("/api/movements/" + id + "/reverse"), 201);

        assertThat(reversal.path("change").intValue()).isEqualTo(4);
        assertThat(text(reversal, "reversesId")).isEqualTo(id);
        assertThat(quantity()).isEqualTo(10);
        assertThat(refused(admin.post("/api/movements/" + id + "/reverse"), 409))
                .isEqualTo("already-reversed");
        assertThat(refused(admin.post("/api/movements/" + text(reversal, "id") + "/reverse"), 409))
                .isEqualTo("already-reversed");
        assertThat(room.got("/api/inventory/top-moving?locationId=" + location).path("items"))
                .isEmpty();
        assertThat(room.got("/api/stock/verify").path("differences")).isEmpty();
    }

    @Test
    void takesTheCostOfAReversedReceiptOutOfTheAverage() {
        room.moved(with(move(location, part, "RECEIPT", 10), "unitCost", 1));
        String dear = text(room.moved(with(move(location, part, "RECEIPT", 10), "unitCost", 3)), "id");

        json(admin.post("/api/movements/" + dear + "/reverse"), 201);

        assertThat(room.got("/api/stock/" + location + "/" + part)
                        .path("averageCost")
                        .decimalValue())
                .isEqualByComparingTo("1");
    }

    @Test
    void takesBusinessTimesOfTenYearsBackToFiveMinutesAhead() {
        Instant now = Instant.now();
        room.moved(with(
                move(location, part, "RECEIPT", 1),
                "occurredAt",
                now.plusSeconds(240).toString()));
        room.moved(with(
                move(location, part, "RECEIPT", 1),
                "occurredAt",
                now.minus(Duration.ofDays(3600)).toString()));

        List.of(now.plusSeconds(400), now.minus(Duration.ofDays(3700))).forEach(at -> assertThat(refused(
                        admin.post(
                                "/api/movements",
                                with(move(location, part, "RECEIPT", 1), "occurredAt", at.toString())),
                        400))
                .isEqualTo("invalid-request"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void refusesQuantitiesThatAreNone(int quantity) {
        assertThat(text(
                        json(admin.post("/api/movements", move(location, part, "ISSUE", quantity)), 400)
                                .path("errors")
                                .get(0),
                        "field"))
                .isEqualTo("quantity");
    }

    @Test
    void answersAThousandLinesEachInOrder() {
        List<Map<String, Object>> lines = new ArrayList<>();
        IntStream.range(0, 1000)
                .forEach(n -> lines.add(move(location, part, n % 3 == 2 ? "ISSUE" : "RECEIPT", n % 3 + 1)));
        lines.set(500, move(location, part, "ISSUE", 1_000_000));

        JsonNode answer = Stockroom.JSON.readTree(Stockroom.answered(
                        Stockroom.many(admin).post().uri("/api/movements/batch").bodyValue(Map.of("lines", lines)))
                .block()
                .body());

        assertThat(answer.path("applied").intValue()).isEqualTo(999);
        assertThat(texts(answer.path("items"), "index"))
                .containsExactlyElementsOf(
                        IntStream.range(0, 1000).mapToObj(Integer::toString).toList());
        assertThat(text(answer.path("items").get(500).path("problem"), "code")).isEqualTo("insufficient-stock");
    }

    @Test
    void appliesAllLinesOfAnAtomicBatchOrNone() {
        List<Map<String, Object>> good = List.of(move(location, part, "RECEIPT", 5), move(location, part, "ISSUE", 1));
        List<Map<String, Object>> bad = List.of(move(location, part, "ISSUE", 1), move(location, part, "ISSUE", 9));

        json(admin.post("/api/movements/batch", Map.of("lines", good, "atomic", true)), 200);
        JsonNode refused = json(admin.post("/api/movements/batch", Map.of("lines", bad, "atomic", true)), 409);

        assertThat(text(refused, "code")).isEqualTo("batch-refused");
        assertThat(texts(refused.path("items"), "outcome")).containsOnly("REJECTED");
        assertThat(quantity()).isEqualTo(4);
    }

    @Test
    void opensUpdatesAndResolvesAlertsWithTheStock() {
        room.moved(location, part, "RECEIPT", 10);
        room.moved(location, part, "ISSUE", 9);
        assertThat(texts(alerts("status=OPEN"), "level")).containsExactlyInAnyOrder("LOW", "CRITICAL");
        JsonNode critical = alerts("level=CRITICAL").get(0);
        assertThat(text(critical, "raisedFromId"))
                .isEqualTo(text(alerts("level=LOW").get(0), "id"));

        room.moved(location, part, "RECEIPT", 2);
        assertThat(texts(alerts("status=OPEN"), "level")).containsExactly("LOW");
        room.moved(location, part, "RECEIPT", 10);
        assertThat(alerts("status=OPEN")).isEmpty();
        assertThat(texts(alerts("status=RESOLVED"), "resolution")).containsExactly("AUTO", "AUTO");
    }

    @Test
    void namesWhoAcknowledgedAnAlertAndClosesItOnce() {
        room.moved(location, part, "RECEIPT", 5);
        room.moved(location, part, "ISSUE", 1);
        String alert = text(alerts("status=OPEN").get(0), "id");

        JsonNode seen = json(admin.post("/api/stock/alerts/" + alert + "/acknowledge", Map.of("note", "seen")), 200);
        json(admin.post("/api/stock/alerts/" + alert + "/acknowledge", Map.of("note", "again")), 200);
        JsonNode closed = json(admin.post("/api/stock/alerts/" + alert + "/resolve", Map.of()), 200);

        assertThat(text(seen, "acknowledgedBy")).isEqualTo(admin.id().toString());
        assertThat(List.of(text(closed, "note"), text(closed, "resolution"))).containsExactly("seen", "MANUAL");
        assertThat(refused(admin.post("/api/stock/alerts/" + alert + "/resolve", Map.of()), 409))
                .isEqualTo("alert-closed");
        assertThat(refused(admin.post("/api/stock/alerts/" + alert + "/acknowledge", Map.of()), 409))
                .isEqualTo("alert-closed");
        assertThat(room.tenant().events().stream().map(Recorded::type).filter("stock.alert.acknowledged"::equals))
                .hasSize(1);
    }

    @Test
    void showsWhereAThresholdComesFromAndEvaluatesAChangedOne() {
        room.moved(location, part, "RECEIPT", 10);
        String row = "/api/stock/" + location + "/" + part;
        assertThat(text(room.got(row).path("reorderThreshold"), "source")).isEqualTo("part");

        JsonNode changed = json(admin.patch(row, 1, Map.of("reorderThreshold", 20)), 200);

        assertThat(text(changed.path("reorderThreshold"), "source")).isEqualTo("row");
        assertThat(changed.path("low").booleanValue()).isTrue();
        assertThat(texts(alerts("status=OPEN"), "level")).containsExactly("LOW");
        assertThat(refused(admin.patch(row, 1, Map.of("reorderThreshold", 3)), 412))
                .isEqualTo("stale-version");
        assertThat(refused(admin.patch(row, 2, Map.of("criticalThreshold", 21)), 422))
                .isEqualTo("threshold-order");
    }

    private JsonNode alerts(String filter) {
        return room.got("/api/stock/alerts?" + filter).path("items");
    }

    private Recorded lastOf(String type) {
        return room.tenant().events().stream()
                .filter(it -> it.type().equals(type))
                .reduce((_, second) -> second)
                .orElseThrow();
    }

    private int quantity() {
        return room.got("/api/stock/" + location + "/" + part).path("quantity").intValue();
    }
}
