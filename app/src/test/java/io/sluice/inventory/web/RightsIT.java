package io.sluice.inventory.web;

import static io.sluice.access.Role.*;
import static io.sluice.inventory.web.Stockroom.got;
import static io.sluice.inventory.web.Stockroom.json;
import static io.sluice.inventory.web.Stockroom.move;
import static io.sluice.inventory.web.Stockroom.refused;
import static io.sluice.inventory.web.Stockroom.streamed;
import static io.sluice.inventory.web.Stockroom.text;
import static io.sluice.inventory.web.Stockroom.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.access.Grant;
import io.sluice.access.Role;
import io.sluice.access.Scope;
import io.sluice.testing.TestUser;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.reactive.server.WebTestClient;

class RightsIT {

    private static final Set<Role> STAFF = EnumSet.complementOf(EnumSet.of(VENDOR_CONTACT, OPERATOR));
    private static final Set<Role> STOCK_READERS =
            EnumSet.of(ADMIN, MANAGER, WAREHOUSE, TECHNICIAN, PROCUREMENT, EXECUTIVE, AUDITOR, EDITOR, VIEWER);
    private static final Set<Role> CONFIGURERS = EnumSet.of(ADMIN, MANAGER, PROCUREMENT);

    private final Stockroom room = new Stockroom();
    private final String location = room.location("A");
    private final String part = room.part("P");

    private record Route(HttpMethod method, String path, Object body, Set<Role> roles) {}

    private List<Route> routes() {
        return List.of(
                new Route(HttpMethod.GET, "/api/parts", "", STAFF),
                new Route(HttpMethod.GET, "/api/parts/" + part, "", STAFF),
                new Route(HttpMethod.GET, "/api/categories/tree", "", STAFF),
                new Route(HttpMethod.GET, "/api/locations", "", STAFF),
                new Route(HttpMethod.GET, "/api/locations/" + location, "", STAFF),
                new Route(HttpMethod.GET, "/api/stock", "", STOCK_READERS),
                new Route(HttpMethod.GET, "/api/stock/alerts", "", STOCK_READERS),
                new Route(HttpMethod.GET, "/api/stock/verify", "", STOCK_READERS),
                new Route(HttpMethod.GET, "/api/movements", "", STOCK_READERS),
                new Route(HttpMethod.GET, "/api/parts/" + part + "/stock", "", STOCK_READERS),
                new Route(HttpMethod.GET, "/api/parts/" + part + "/consumption", "", STOCK_READERS),
                new Route(HttpMethod.GET, "/api/inventory/summary?locationId=" + location, "", STOCK_READERS),
                new Route(HttpMethod.GET, "/api/inventory/top-moving?locationId=" + location, "", STOCK_READERS),
                new Route(HttpMethod.GET, "/api/inventory/slow-moving?locationId=" + location, "", STOCK_READERS),
                new Route(HttpMethod.POST, "/api/parts", Map.of("partNumber", "N", "description", "N"), CONFIGURERS),
                new Route(HttpMethod.POST, "/api/categories", Map.of("code", "N", "name", "N"), CONFIGURERS),
                new Route(HttpMethod.POST, "/api/locations", Map.of("code", "N", "name", "N"), EnumSet.of(ADMIN)),
                new Route(
                        HttpMethod.POST,
                        "/api/movements",
                        move(location, part, "RECEIPT", 1),
                        EnumSet.of(ADMIN, MANAGER, WAREHOUSE)),
                new Route(
                        HttpMethod.POST,
                        "/api/movements",
                        move(location, part, "ISSUE", 1),
                        EnumSet.of(ADMIN, MANAGER, WAREHOUSE, TECHNICIAN)),
                new Route(
                        HttpMethod.POST,
                        "/api/movements",
                        move(location, part, "RETURN", 1),
                        EnumSet.of(ADMIN, MANAGER, WAREHOUSE, TECHNICIAN)),
                new Route(
                        HttpMethod.POST,
                        "/api/movements",
                        move(location, part, "ADJUSTMENT", 1),
                        EnumSet.of(ADMIN, MANAGER, WAREHOUSE)),
                new Route(
                        HttpMethod.POST,
                        "/api/movements",
                        move(location, part, "SCRAP", 1),
                        EnumSet.of(ADMIN, MANAGER, WAREHOUSE)),
                new Route(
                        HttpMethod.POST,
                        "/api/stock/alerts/" + UUID.randomUUID() + "/acknowledge",
                        Map.of(),
                        EnumSet.of(ADMIN, MANAGER, WAREHOUSE, PROCUREMENT, COMPLIANCE_OFFICER)),
                new Route(HttpMethod.PATCH, "/api/stock/" + location + "/" + part, Map.of(), CONFIGURERS));
    }

    @Test
    void opensEveryRouteToTheRolesOfTheMatrixAndToNobodyElse() {
        room.moved(location, part, "RECEIPT", 1000);
        Map<Role, TestUser> users = new EnumMap<>(Role.class);
        EnumSet.complementOf(EnumSet.of(OPERATOR))
                .forEach(role -> users.put(role, room.tenant().user(role)));

        for (Route route : routes()) {
            for (Role role : users.keySet()) {
                int status = call(java.util.Objects.requireNonNull(users.get(role)), route)
                        .expectBody()
                        .returnResult()
                        .getStatus()
                        .value();
                assertThat(status != 403)
                        .as("%s %s %s is answered with %d", role, route.method(), route.path(), status)
                        .isEqualTo(route.roles().contains(role));
                assertThat(status).as("%s %s", route.method(), route.path()).isLessThan(500);
            }
        }
    }

    private static WebTestClient.ResponseSpec call(TestUser user, Route route) {
        var request = user.request(route.method(), route.path());
        return route.method() == HttpMethod.GET
                ? request.exchange()
                : request.bodyValue(route.body()).exchange();
    }

    @Test
    void opensNothingWithoutAToken() {
        routes().forEach(route -> room.admin()
                .server()
                .client()
                .method(route.method())
                .uri(route.path())
                .exchange()
                .expectStatus()
                .isUnauthorized());
    }

    @Test
    void limitsTheCorrectionsOfTheWarehouseToAHundred() {
        String dear = room.part("DEAR", Map.of("price", 60));
        room.moved(location, dear, "RECEIPT", 10);
        TestUser warehouse = room.tenant().user(WAREHOUSE);

        json(warehouse.post("/api/movements", move(location, dear, "SCRAP", 1)), 201);
        assertThat(refused(warehouse.post("/api/movements", move(location, dear, "SCRAP", 2)), 403))
                .isEqualTo("approval-limit");
        assertThat(refused(warehouse.post("/api/movements", move(location, dear, "ADJUSTMENT", -2)), 403))
                .isEqualTo("approval-limit");
        json(room.tenant().user(MANAGER).post("/api/movements", move(location, dear, "SCRAP", 2)), 201);
    }

    @Test
    void showsAUserOfOneLocationNothingOfOthers() {
        String other = room.location("B");
        String low = room.part("LOW", Map.of("reorderThreshold", 5));
        room.moved(location, part, "RECEIPT", 10);
        room.moved(other, part, "RECEIPT", 77);
        room.moved(other, low, "RECEIPT", 9);
        String theirs = text(room.moved(other, low, "ISSUE", 5), "id");
        String alert = text(room.got("/api/stock/alerts").path("items").get(0), "id");
        TestUser here = room.tenant().user(Grant.at(MANAGER, Scope.only(Set.of(UUID.fromString(location)))));

        List.of(
                        "/api/locations/" + other,
                        "/api/stock?locationId=" + other,
                        "/api/stock/" + other + "/" + part,
                        "/api/stock/" + other + "/" + part + "/history",
                        "/api/stock/alerts?locationId=" + other,
                        "/api/stock/as-of?at=2026-01-01T00:00:00Z&locationId=" + other,
                        "/api/movements?locationId=" + other,
                        "/api/inventory/summary?locationId=" + other,
                        "/api/inventory/top-moving?locationId=" + other,
                        "/api/inventory/slow-moving?locationId=" + other,
                        "/api/parts/" + part + "/consumption?locationId=" + other,
                        "/api/events?topic=location:" + other)
                .forEach(path ->
                        assertThat(refused(here.get(path), 404)).as(path).isEqualTo("not-found"));
        assertThat(texts(got(here, "/api/locations").path("items"), "id")).containsExactly(location);
        assertThat(texts(got(here, "/api/stock").path("items"), "locationId")).containsExactly(location);
        assertThat(got(here, "/api/stock?count=true").path("total").intValue()).isEqualTo(1);
        assertThat(texts(got(here, "/api/movements").path("items"), "locationId"))
                .containsOnly(location);
        assertThat(got(here, "/api/stock/alerts").path("items")).isEmpty();
        assertThat(got(here, "/api/parts/" + part + "/stock").path("quantity").intValue())
                .isEqualTo(10);
        assertThat(got(here, "/api/parts/" + low + "/consumption").toString()).doesNotContain("\"issued\":5");
        assertThat(got(here, "/api/events?limit=200").toString()).doesNotContain(other);
        assertThat(streamed(here, "/api/stock"))
                .noneMatch(line -> line.toString().contains(other));
        assertThat(refused(here.post("/api/movements/" + theirs + "/reverse"), 404))
                .isEqualTo("not-found");
        assertThat(refused(here.post("/api/stock/alerts/" + alert + "/resolve", Map.of()), 404))
                .isEqualTo("not-found");
        assertThat(refused(here.post("/api/movements", move(other, part, "ISSUE", 1)), 422))
                .isEqualTo("unknown-location");
        assertThat(refused(here.patch("/api/stock/" + other + "/" + part, 1, Map.of("maxQuantity", 1)), 404))
                .isEqualTo("not-found");
        assertThat(refused(here.get("/api/stock/verify"), 403)).isEqualTo("forbidden");
    }

    @Test
    void keepsTenantsApart() {
        Stockroom stranger = new Stockroom();
        String theirs = text(room.moved(location, part, "RECEIPT", 5), "id");

        List.of("/api/parts/" + part, "/api/locations/" + location, "/api/stock/" + location + "/" + part)
                .forEach(path ->
                        assertThat(refused(stranger.admin().get(path), 404)).isEqualTo("not-found"));
        assertThat(refused(stranger.admin().post("/api/movements/" + theirs + "/reverse"), 404))
                .isEqualTo("not-found");
        assertThat(refused(stranger.admin().post("/api/movements", move(location, part, "ISSUE", 1)), 422))
                .isEqualTo("unknown-location");
        assertThat(stranger.got("/api/stock").path("items")).isEmpty();
        assertThat(stranger.got("/api/events?limit=200").toString()).doesNotContain(part);
    }
}
