package io.sluice.inventory.web;

import static io.sluice.inventory.web.Stockroom.answered;
import static io.sluice.inventory.web.Stockroom.got;
import static io.sluice.inventory.web.Stockroom.json;
import static io.sluice.inventory.web.Stockroom.many;
import static io.sluice.inventory.web.Stockroom.move;
import static io.sluice.inventory.web.Stockroom.text;
import static io.sluice.inventory.web.Stockroom.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.access.Role;
import io.sluice.log.Recorded;
import io.sluice.testing.Owner;
import io.sluice.testing.TestUser;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

class AlertsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Stockroom room = new Stockroom();
    private final TestUser admin = room.admin();
    private final UUID tenant = room.tenant().id().value();
    private final String location = room.location("A");

    @Test
    void evaluatesAllRowsOfAPartWhoseThresholdsChange() {
        String part = room.part("P");
        String other = room.location("B");
        room.moved(location, part, "RECEIPT", 10);
        room.moved(other, part, "RECEIPT", 30);

        json(admin.patch("/api/parts/" + part, 1, Map.of("reorderThreshold", 20, "criticalThreshold", 10)), 200);
        assertThat(texts(alerts("status=OPEN"), "level")).containsExactlyInAnyOrder("LOW", "CRITICAL");
        assertThat(texts(alerts("status=OPEN"), "locationId")).containsOnly(location);

        json(admin.patch("/api/parts/" + part, 2, Map.of("criticalThreshold", 9)), 200);
        assertThat(texts(alerts("status=OPEN"), "level")).containsExactly("LOW");
        json(admin.patch("/api/parts/" + part, 3, Map.of("reorderThreshold", 30)), 200);
        assertThat(texts(alerts("status=OPEN"), "locationId")).containsExactlyInAnyOrder(location, other);
        json(admin.patch("/api/parts/" + part, 4, Map.of("reorderThreshold", 9)), 200);
        assertThat(alerts("status=OPEN")).isEmpty();
    }

    @Test
    void evaluatesAllRowsOfACategoryWhoseThresholdsChangeAndOfAPartThatComesIntoIt() {
        String category = room.category("C");
        String inside = room.part("IN", Map.of("categoryId", category));
        String own = room.part("OWN", Map.of("categoryId", category, "reorderThreshold", 1));
        String outside = room.part("OUT");
        List.of(inside, own, outside).forEach(part -> room.moved(location, part, "RECEIPT", 5));

        json(admin.patch("/api/categories/" + category, 1, Map.of("reorderThreshold", 5)), 200);
        assertThat(texts(alerts("status=OPEN"), "partId")).containsExactly(inside);
        assertThat(lowParts()).containsExactly(inside);

        json(admin.patch("/api/parts/" + outside, 1, Map.of("categoryId", category)), 200);
        assertThat(texts(alerts("status=OPEN"), "partId")).containsExactlyInAnyOrder(inside, outside);
        assertThat(lowParts()).containsExactlyInAnyOrder(inside, outside);
        json(admin.patch("/api/categories/" + category, 2, Map.of("name", "Another name")), 200);
        json(admin.patch("/api/categories/" + category, 3, Map.of("reorderThreshold", 4)), 200);
        assertThat(alerts("status=OPEN")).isEmpty();
        assertThat(lowParts()).isEmpty();
        assertThat(typesOf("stock.alert.")).containsOnly("stock.alert.opened", "stock.alert.resolved");
    }

    private List<String> lowParts() {
        return texts(room.got("/api/stock?low=true").path("items"), "partId");
    }

    @Test
    void countsACriticalRowWithoutAReorderThresholdAsLowEverywhere() {
        String part = room.part("P", Map.of("criticalThreshold", 3));
        room.moved(location, part, "RECEIPT", 3);

        assertThat(room.got("/api/stock/" + location + "/" + part).path("low").booleanValue())
                .isTrue();
        assertThat(texts(room.got("/api/stock?low=true").path("items"), "partId"))
                .containsExactly(part);
        assertThat(room.got("/api/stock?low=false").path("items")).isEmpty();
        assertThat(room.got("/api/inventory/summary?locationId=" + location)
                        .path("lowStockItems")
                        .intValue())
                .isEqualTo(1);
    }

    /** The movement has read the alert and waits; what is decided about the alert meanwhile must not be written over. */
    @Test
    void keepsAnAcknowledgementThatMeetsAMovement() throws SQLException {
        String part = room.part("P", Map.of("reorderThreshold", 5));
        room.moved(location, part, "RECEIPT", 5);
        room.moved(location, part, "ISSUE", 1);
        String alert = text(alerts("status=OPEN").get(0), "id");

        try (Connection connection = Owner.connection()) {
            connection.setAutoCommit(false);
            connection.createStatement().execute("SELECT FROM daily_usage WHERE part_id = '" + part + "' FOR UPDATE");
            var issue = CompletableFuture.runAsync(
                    () -> room.moved(location, part, "ISSUE", 1), Thread::startVirtualThread);
            await(() -> waitingForLocks() == 1);
            var acknowledged = CompletableFuture.runAsync(
                    () -> json(admin.post("/api/stock/alerts/" + alert + "/acknowledge", Map.of("note", "mine")), 200),
                    Thread::startVirtualThread);
            await(() -> acknowledged.isDone() || waitingForLocks() == 2);
            connection.commit();
            CompletableFuture.allOf(issue, acknowledged).join();
        }

        JsonNode after = alerts("").get(0);
        assertThat(List.of(text(after, "status"), text(after, "note"))).containsExactly("ACKNOWLEDGED", "mine");
        assertThat(after.path("quantity").intValue()).isEqualTo(3);
    }

    private static long waitingForLocks() {
        return Owner.count("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
    }

    @Test
    void tellsEachManagerOnceUnderFiftyIssuesAtOnce() {
        TestUser first = room.tenant().user(Role.WAREHOUSE);
        TestUser second = room.tenant().user(Role.WAREHOUSE);
        TestUser role = room.tenant().user(Role.MANAGER);
        String place = placeOf(first, second);
        String part = room.part("P", Map.of("reorderThreshold", 40));
        room.moved(place, part, "RECEIPT", 60);
        var client = many(admin);

        Flux.range(0, 50)
                .flatMap(
                        _ -> answered(client.post().uri("/api/movements").bodyValue(move(place, part, "ISSUE", 1))), 50)
                .blockLast(PATIENCE);

        await(() -> !inbox(second).isEmpty());
        assertThat(typesOf("stock.alert.opened")).hasSize(1);
        for (TestUser manager : List.of(first, second)) {
            JsonNode told = inbox(manager);
            assertThat(told).hasSize(1);
            assertThat(text(told.get(0), "type")).isEqualTo("low_stock");
            assertThat(text(told.get(0), "title")).contains("P");
            assertThat(text(told.get(0), "message")).isEqualTo("40 of P (Part P) left at Place");
            JsonNode data = told.get(0).path("data");
            assertThat(List.of(text(data, "locationId"), text(data, "partId"), text(data, "level")))
                    .containsExactly(place, part, "LOW");
            assertThat(List.of(
                            data.path("quantity").intValue(),
                            data.path("threshold").intValue()))
                    .containsOnly(40);
        }
        assertThat(inbox(role)).isEmpty();
    }

    @Test
    void tellsOfTheCriticalOneAloneWhenBothOpenTogetherAndTheRoleWhereThereIsNoManager() {
        TestUser manager = room.tenant().user(Role.MANAGER);
        TestUser warehouse = room.tenant().user(Role.WAREHOUSE);
        String part = room.part("P", Map.of("reorderThreshold", 5, "criticalThreshold", 2));
        room.moved(location, part, "RECEIPT", 10);

        room.moved(location, part, "ISSUE", 5);
        room.moved(location, part, "ISSUE", 4);
        room.moved(location, part, "RECEIPT", 9);
        room.moved(location, part, "ISSUE", 9);

        await(() -> inbox(manager).size() == 3);
        assertThat(inbox(manager))
                .extracting(it -> text(it.path("data"), "level"))
                .containsExactly("CRITICAL", "CRITICAL", "LOW");
        assertThat(inbox(warehouse)).isEmpty();
    }

    @Test
    void escalatesACriticalAlertThatNobodyAcknowledgesAfterFourAndEightHours() {
        TestUser manager = room.tenant().user(Role.MANAGER);
        String place = placeOf(room.tenant().user(Role.WAREHOUSE));
        String old = criticalAt(place, "OLD");
        String seen = criticalAt(place, "SEEN");
        json(admin.post("/api/stock/alerts/" + seen + "/acknowledge", Map.of()), 200);

        age("4 hours 1 minute");
        criticalAt(place, "WAKES-1");
        await(() -> !inbox(manager).isEmpty());
        assertThat(inbox(admin)).isEmpty();
        age("4 hours");
        criticalAt(place, "WAKES-2");
        await(() -> !inbox(admin).isEmpty());
        criticalAt(place, "WAKES-3");
        criticalAt(place, "WAKES-4");

        await(() -> typesOf("notification.created").size() >= 6 + 3);
        assertThat(inbox(admin)).extracting(it -> text(it, "subject")).containsExactly("alert:" + old);
        assertThat(inbox(manager))
                .extracting(it -> text(it, "subject"))
                .containsOnlyOnce("alert:" + old)
                .doesNotContain("alert:" + seen);
    }

    /** Opens a critical alert and returns its id. */
    private String criticalAt(String place, String number) {
        String part = room.part(number, Map.of("criticalThreshold", 2));
        room.moved(place, part, "RECEIPT", 3);
        room.moved(place, part, "ISSUE", 1);
        return text(alerts("locationId=" + place).get(0), "id");
    }

    private void age(String interval) {
        Owner.update(
                "UPDATE stock_alert SET opened_at = opened_at - ?::interval WHERE tenant_id = ?", interval, tenant);
    }

    @Test
    void movesStockThoughItsNotificationFailsAndTellsItLater() {
        TestUser manager = room.tenant().user(Role.MANAGER);
        String part = room.part("P", Map.of("reorderThreshold", 5));
        room.moved(location, part, "RECEIPT", 6);
        Owner.update("""
                CREATE OR REPLACE FUNCTION refusing_notice() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'refused by the test'; END $$
                """);
        Owner.update("CREATE TRIGGER refusing BEFORE INSERT ON notification FOR EACH ROW WHEN (new.tenant_id = '"
                + tenant + "') EXECUTE FUNCTION refusing_notice()");

        try {
            room.moved(location, part, "ISSUE", 1);
            assertThat(texts(alerts("status=OPEN"), "level")).containsExactly("LOW");
            assertThat(inbox(manager)).isEmpty();
        } finally {
            Owner.update("DROP TRIGGER refusing ON notification");
        }
        room.moved(location, part, "ISSUE", 1);
        room.moved(location, part, "RECEIPT", 9);
        room.moved(location, part, "ISSUE", 9);

        await(() -> inbox(manager).size() == 2);
    }

    private String placeOf(TestUser... managers) {
        return Stockroom.created(
                admin,
                "/api/locations",
                Map.of(
                        "code", "MANAGED",
                        "name", "Place",
                        "managerIds",
                                List.of(managers).stream().map(TestUser::id).toList()));
    }

    private JsonNode alerts(String filter) {
        return room.got("/api/stock/alerts?" + filter).path("items");
    }

    private static JsonNode inbox(TestUser user) {
        return got(user, "/api/notifications").path("items");
    }

    private List<String> typesOf(String beginning) {
        return room.tenant().events().stream()
                .map(Recorded::type)
                .filter(type -> type.startsWith(beginning))
                .toList();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("not in time").isLessThan(deadline);
            LockSupport.parkNanos(20_000_000);
        }
    }
}
