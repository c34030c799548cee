package io.sluice.inventory.web;

import static io.sluice.inventory.web.Stockroom.got;
import static io.sluice.inventory.web.Stockroom.json;
import static io.sluice.inventory.web.Stockroom.move;
import static io.sluice.inventory.web.Stockroom.refused;
import static io.sluice.inventory.web.Stockroom.streamed;
import static io.sluice.inventory.web.Stockroom.text;
import static io.sluice.inventory.web.Stockroom.texts;
import static io.sluice.inventory.web.Stockroom.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.access.Role;
import io.sluice.testing.Owner;
import io.sluice.testing.Server;
import io.sluice.testing.TestUser;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;

class StockReadsIT {

    private final Stockroom room = new Stockroom();
    private final String location = room.location("A");

    @Test
    void sumsALocationAsByHand() {
        String tools = room.category("TOOLS");
        String drills = room.category("DRILLS", tools);
        String hammer = room.part("H", Map.of("categoryId", tools, "price", 10, "reorderThreshold", 5));
        String drill = room.part(
                "D", Map.of("categoryId", drills, "price", 2.5, "reorderThreshold", 9, "criticalThreshold", 4));
        String loose = room.part("L", Map.of("price", 1));
        room.moved(location, hammer, "RECEIPT", 5); // 50, low: exactly at the threshold
        room.moved(location, drill, "RECEIPT", 4); // 10, low and critical
        room.moved(location, loose, "RECEIPT", 7); // 7
        room.moved(room.location("B"), hammer, "RECEIPT", 1000);

        JsonNode all = summary("");
        JsonNode under = summary("&categoryId=" + tools);

        assertThat(all.path("totalItems").intValue()).isEqualTo(3);
        assertThat(all.path("totalQuantity").intValue()).isEqualTo(16);
        assertThat(all.path("totalValue").decimalValue()).isEqualByComparingTo("67");
        assertThat(all.path("lowStockItems").intValue()).isEqualTo(2);
        assertThat(all.path("criticalStockItems").intValue()).isEqualTo(1);
        assertThat(all.path("currency").stringValue()).isEqualTo("EUR");
        assertThat(all.path("byCategory").path("uncategorised").path("value").decimalValue())
                .isEqualByComparingTo("7");
        assertThat(all.path("byCategory").path(tools).path("name").stringValue())
                .isEqualTo("Category TOOLS");
        assertThat(all.path("byCategory").path(drills).path("count").intValue()).isEqualTo(1);
        assertThat(all.path("position").longValue())
                .isEqualTo(room.got("/api/log/head").path("position").longValue());
        assertThat(under.path("totalValue").decimalValue()).isEqualByComparingTo("60");
        assertThat(under.path("byCategory").size()).isEqualTo(2);
    }

    @Test
    void answersAnEmptyLocationWithZeros() {
        JsonNode empty = summary("");

        assertThat(empty.path("totalItems").intValue()).isZero();
        assertThat(empty.path("totalValue").decimalValue()).isEqualByComparingTo("0");
        assertThat(empty.path("byCategory").size()).isZero();
    }

    @Test
    void takesStatesInAnyOrderForTheSameEntry() {
        room.moved(location, room.part("P"), "RECEIPT", 5);
        String path = "/api/inventory/summary?locationId=" + location;
        room.got(path + "&status=ACTIVE,OBSOLETE");

        List.of("&status=OBSOLETE,ACTIVE", "&status=OBSOLETE&status=ACTIVE", "&status=ACTIVE&status=OBSOLETE")
                .forEach(states -> room.admin()
                        .get(path + states)
                        .expectStatus()
                        .isOk()
                        .expectHeader()
                        .valueEquals("X-Cache", "l1"));
        assertThat(summary("&status=OBSOLETE").path("totalItems").intValue()).isZero();
    }

    @Test
    void answersFreshlyAfterEveryCommit() {
        String part = room.part("P", Map.of("price", 1));

        for (int n = 1; n <= 20; n++) {
            room.moved(location, part, "RECEIPT", 1);
            assertThat(summary("").path("totalQuantity").intValue()).isEqualTo(n);
        }
        json(room.admin().patch("/api/parts/" + part, 1, Map.of("price", 3)), 200);
        assertThat(summary("").path("totalValue").decimalValue()).isEqualByComparingTo("60");
        json(room.admin().patch("/api/parts/" + part, 2, Map.of("reorderThreshold", 20)), 200);
        assertThat(summary("").path("lowStockItems").intValue()).isEqualTo(1);
    }

    @Test
    void answersFreshlyOnAnotherNodeAfterEveryCommit() {
        String part = room.part("P", Map.of("price", 1));
        room.moved(location, part, "RECEIPT", 1);
        String summary = "/api/inventory/summary?locationId=" + location;
        String movers = "/api/inventory/top-moving?locationId=" + location;
        String card = "/api/parts/" + part;
        try (Server other = Server.another()) {
            TestUser there =
                    new TestUser(other, room.admin().id(), "admin", room.admin().token());
            for (int n = 1; n <= 20; n++) {
                got(there, summary);
                got(there, movers);
                got(there, card);

                room.moved(location, part, "RECEIPT", 2);
                room.moved(location, part, "ISSUE", 1);
                json(room.admin().patch(card, n, Map.of("price", n + 1)), 200);

                assertThat(got(there, summary).path("totalValue").intValue()).isEqualTo((n + 1) * (n + 1));
                assertThat(got(there, movers)
                                .path("items")
                                .get(0)
                                .path("quantity")
                                .intValue())
                        .isEqualTo(n);
                assertThat(got(there, card).path("version").intValue()).isEqualTo(n + 1);
            }
        }
    }

    @Test
    void findsTheRowsOfRareStates() {
        String obsolete = room.part("OLD");
        String held = room.part("HELD");
        String reserved = room.part("RESERVED");
        List.of(obsolete, held, reserved, room.part("FREE")).forEach(part -> room.moved(location, part, "RECEIPT", 5));
        json(room.admin().patch("/api/parts/" + obsolete, 1, Map.of("status", "PHASE_OUT")), 200);
        json(room.admin().patch("/api/parts/" + obsolete, 2, Map.of("status", "OBSOLETE")), 200);
        Owner.update("UPDATE stock SET held = 5 WHERE part_id = ?::uuid", held);
        Owner.update("UPDATE stock SET reserved = 5 WHERE part_id = ?::uuid", reserved);

        assertThat(numbers("OBSOLETE")).containsExactly("OLD");
        assertThat(numbers("QUARANTINED")).containsExactly("HELD");
        assertThat(numbers("RESERVED")).containsExactly("RESERVED");
        assertThat(numbers("QUARANTINED,RESERVED")).containsExactly("HELD", "RESERVED");
        assertThat(numbers("OBSOLETE,RESERVED")).containsExactly("OLD", "RESERVED");
        assertThat(numbers("ACTIVE")).containsExactly("FREE");
        Owner.update("UPDATE stock SET obsolete = true WHERE part_id = ?::uuid", held);
        assertThat(numbers("OBSOLETE")).containsExactly("HELD", "OLD");
    }

    private List<String> numbers(String status) {
        return texts(room.got("/api/stock?status=" + status).path("items"), "partNumber");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/inventory/summary",
                "/api/inventory/summary?locationId=x",
                "/api/inventory/summary?locationId=' OR 1=1 --",
                "/api/inventory/top-moving?locationId={l}&days=400",
                "/api/inventory/top-moving?locationId={l}&days=0",
                "/api/inventory/top-moving?locationId={l}&limit=0",
                "/api/inventory/top-moving?locationId={l}&limit=101",
                "/api/inventory/summary?locationId={l}&status=LOST",
                "/api/stock?low=maybe",
                "/api/stock?limit=201",
                "/api/stock?cursor=forged",
                "/api/stock?colour=red",
                "/api/stock?locationId={l}&locationId={l}",
                "/api/stock/alerts?level=HIGH",
                "/api/stock/as-of?locationId={l}&at=yesterday"
            })
    void refusesAMalformedQuestionNamingTheField(String path) {
        JsonNode problem = json(room.admin().get(path.replace("{l}", location)), 400);

        assertThat(problem.path("errors")).isNotEmpty();
        assertThat(text(problem.path("errors").get(0), "field")).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/inventory/summary?locationId=",
                "/api/inventory/top-moving?locationId=",
                "/api/inventory/slow-moving?locationId=",
                "/api/locations/",
                "/api/parts/",
                "/api/categories/",
                "/api/stock?locationId=",
                "/api/movements?locationId=",
                "/api/stock/alerts?locationId=",
                "/api/stock/as-of?at=2026-01-01T00:00:00Z&locationId=",
                "/api/parts/{p}/consumption?locationId="
            })
    void answersAnUnknownOneWithNotFound(String path) {
        assertThat(refused(
                        room.admin().get(path.replace("{p}", room.part("P")) + "01900000-0000-7000-8000-000000000000"),
                        404))
                .isEqualTo("not-found");
    }

    @Test
    void countsIssuesOfTheWindowAtThePriceOfTheirTime() {
        String busy = room.part("BUSY", Map.of("price", 2));
        String twin = room.part("A-TWIN", Map.of("price", 1));
        String old = room.part("OLD");
        List.of(busy, twin, old).forEach(part -> room.moved(location, part, "RECEIPT", 100));
        room.moved(location, busy, "ISSUE", 3);
        json(room.admin().patch("/api/parts/" + busy, 1, Map.of("price", 50)), 200);
        room.moved(location, busy, "ISSUE", 1);
        room.moved(location, twin, "ISSUE", 4);
        room.moved(location, busy, "SCRAP", 9);
        room.moved(with(
                move(location, old, "ISSUE", 60),
                "occurredAt",
                Instant.now().minus(31, ChronoUnit.DAYS).toString()));

        JsonNode items = got(room.admin(), "/api/inventory/top-moving?locationId=" + location)
                .path("items");

        assertThat(texts(items, "partNumber")).containsExactly("A-TWIN", "BUSY");
        assertThat(items.get(1).path("quantity").intValue()).isEqualTo(4);
        assertThat(items.get(1).path("value").decimalValue()).isEqualByComparingTo("56"); // 3 × 2 + 1 × 50
        assertThat(items.get(1).path("transactions").intValue()).isEqualTo(2);
        assertThat(got(room.admin(), "/api/inventory/top-moving?days=60&limit=1&locationId=" + location)
                        .path("items")
                        .get(0)
                        .path("partNumber")
                        .stringValue())
                .isEqualTo("OLD");
    }

    @Test
    void showsANewDescriptionAmongTheTopMovers() {
        String part = room.part("P");
        room.moved(location, part, "RECEIPT", 5);
        room.moved(location, part, "ISSUE", 1);
        String path = "/api/inventory/top-moving?locationId=" + location;
        room.got(path);

        json(room.admin().patch("/api/parts/" + part, 1, Map.of("description", "New words")), 200);

        assertThat(texts(room.got(path).path("items"), "description")).containsExactly("New words");
    }

    @Test
    void endsTheCardAtThePresentQuantityAndReplaysAnyInstant() {
        String part = room.part("P", Map.of("price", 1));
        room.moved(location, part, "RECEIPT", 10);
        JsonNode issued = room.moved(location, part, "ISSUE", 3);
        room.moved(location, part, "RETURN", 1);

        JsonNode card =
                room.got("/api/stock/" + location + "/" + part + "/history").path("items");

        assertThat(texts(card, "balanceAfter")).containsExactly("10", "7", "8");
        assertThat(asOf(part, text(issued, "recordedAt"))).isEqualTo(7);
        assertThat(asOf(
                        part,
                        Instant.parse(text(issued, "recordedAt"))
                                .minusNanos(1000)
                                .toString()))
                .isEqualTo(10);
        JsonNode buckets = room.got("/api/parts/" + part + "/consumption").path("buckets");
        assertThat(buckets.size()).isEqualTo(90);
        assertThat(buckets.get(89).path("issued").intValue()).isEqualTo(3);
        assertThat(buckets.get(89).path("returned").intValue()).isEqualTo(1);
        assertThat(buckets.get(88).path("issued").intValue()).isZero();
    }

    private int asOf(String part, String instant) {
        return room.got("/api/stock/as-of?locationId=" + location + "&partId=" + part + "&at=" + instant)
                .path("items")
                .get(0)
                .path("quantity")
                .intValue();
    }

    @Test
    void walksTheListInDisjointPagesWhileRowsArrive() {
        List<String> numbers = new ArrayList<>();
        for (int n = 10; n < 35; n++) {
            numbers.add("P" + n);
            room.moved(location, room.part("P" + n), "RECEIPT", 1);
        }
        List<String> walked = new ArrayList<>();
        String cursor = "";
        for (int page = 0; cursor != null; page++) {
            JsonNode body = room.got("/api/stock?limit=4&count=true&locationId=" + location + cursor);
            walked.addAll(texts(body.path("items"), "partNumber"));
            cursor = body.has("next") ? "&cursor=" + text(body, "next") : null;
            room.moved(location, room.part("A" + page), "RECEIPT", 1);
        }

        assertThat(walked).containsExactlyElementsOf(numbers);
        assertThat(refused(
                        room.admin()
                                .get("/api/stock?cursor=" + text(room.got("/api/stock?limit=1"), "next") + "&low=true"),
                        400))
                .isEqualTo("invalid-request");
    }

    @Test
    void streamsTheListRowByRowAndEndsWithTheCursor() {
        for (int n = 0; n < 5; n++) {
            room.moved(location, room.part("P" + n), "RECEIPT", 1);
        }

        assertThat(streamed(room.admin(), "/api/stock").stream().map(it -> text(it, "partNumber")))
                .containsExactly("P0", "P1", "P2", "P3", "P4");
        assertThat(streamed(room.admin(), "/api/stock?limit=2").getLast().has("next"))
                .isTrue();
    }

    @Test
    void streamsEveryRowOnceOverManyReads() {
        Owner.update("""
                INSERT INTO part (tenant_id, id, part_number, description, currency, created_by, updated_by)
                SELECT ?::uuid, md5(?::text || n)::uuid, 'N' || lpad(n::text, 5, '0'), 'x', 'EUR', 'x', 'x'
                FROM generate_series(1, 3500) n
                """, room.tenant().id().value(), location);
        Owner.update("""
                INSERT INTO stock (tenant_id, location_id, part_id, part_number, quantity)
                SELECT tenant_id, ?::uuid, id, part_number, 1 FROM part WHERE tenant_id = ?
                """, location, room.tenant().id().value());

        byte[] body = Stockroom.many(room.admin())
                .get()
                .uri("/api/stock")
                .accept(MediaType.APPLICATION_NDJSON)
                .retrieve()
                .bodyToMono(byte[].class)
                .block();
        List<String> all = Stockroom.lines(Objects.requireNonNull(body)).stream()
                .map(it -> text(it, "partNumber"))
                .toList();

        assertThat(all).hasSize(3500).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void showsCostsToThoseWhoMayAndToNobodyElse() {
        String part = room.part("P", Map.of("standardCost", 7, "price", 9));
        room.moved(with(move(location, part, "RECEIPT", 5), "unitCost", 4));
        List<String> paths = List.of(
                "/api/stock/" + location + "/" + part,
                "/api/stock",
                "/api/movements",
                "/api/parts/" + part,
                "/api/parts",
                "/api/inventory/summary?locationId=" + location,
                "/api/stock/" + location + "/" + part + "/history",
                "/api/parts/" + part + "/stock",
                "/api/events?limit=200");
        var manager = room.tenant().user(Role.MANAGER);
        var warehouse = room.tenant().user(Role.WAREHOUSE);

        assertThat(paths.stream().filter(path -> got(manager, path).toString().matches(".*(Cost)\".*")))
                .containsExactlyElementsOf(paths.subList(0, 8));
        assertThat(paths).noneMatch(path -> got(warehouse, path).toString().matches(".*Cost\".*"));
        assertThat(streamed(warehouse, "/api/stock"))
                .noneMatch(line -> line.toString().contains("Cost"));
        assertThat(streamed(warehouse, "/api/movements"))
                .noneMatch(line -> line.toString().contains("Cost"));
        assertThat(json(warehouse.post("/api/movements", with(move(location, part, "RECEIPT", 1), "unitCost", 4)), 201)
                        .toString())
                .doesNotContain("Cost");
        assertThat(room.got("/api/stock/" + location + "/" + part)
                        .path("averageCost")
                        .decimalValue())
                .isEqualByComparingTo(new BigDecimal(4));
    }

    private JsonNode summary(String more) {
        return room.got("/api/inventory/summary?locationId=" + location + more);
    }
}
