package io.sluice.inventory.web;

import static io.sluice.inventory.web.Stockroom.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.Server;
import io.sluice.testing.TestUser;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Two nodes that each know the rows from their own last commands, and are wrong about them as soon as the other commits. */
class TwoNodesIT {

    private static Server second;

    private final Stockroom room = new Stockroom();
    private TestUser here;
    private TestUser there;
    private String place;
    private String part;

    @BeforeAll
    static void startTheSecond() {
        second = Server.another();
    }

    @AfterAll
    static void stopTheSecond() {
        second.close();
    }

    @BeforeEach
    void bothKnowTheRow() {
        here = room.admin();
        there = new TestUser(second, here.id(), "admin", here.token());
        place = room.location("A");
        part = room.part("P", Map.of("price", 1));
        moved(here, "RECEIPT", 10);
        moved(there, "RECEIPT", 10);
        moved(here, "RECEIPT", 10);
    }

    @Test
    void decideOnWhatTheOtherHasDoneMeanwhile() {
        int quantity = 30;
        for (int n = 1; n <= 40; n++) {
            TestUser user = n % 3 == 0 ? there : here;
            String type = n % 2 == 0 ? "ISSUE" : "RECEIPT";
            quantity += n % 2 == 0 ? -n : n;
            assertThat(moved(user, type, n)).isEqualTo(quantity);
        }
        assertThat(refused(post(there, "ISSUE", quantity + 1), 409)).isEqualTo("insufficient-stock");
        assertThat(moved(here, "ISSUE", quantity)).isZero();
        assertThat(refused(post(there, "ISSUE", 1), 409)).isEqualTo("insufficient-stock");
        moved(here, "RECEIPT", 1);
        assertThat(moved(there, "ISSUE", 1)).isZero();
        isWhole(46);
    }

    @Test
    void letExactlyAsManyIssuesThroughAsThereArePieces() {
        List<TestUser> users = List.of(here, there);
        List<Integer> answers = Flux.range(0, 100)
                .flatMap(
                        n -> Mono.fromCallable(() -> post(users.get(n % 2), "ISSUE", 1)
                                        .returnResult(Void.class)
                                        .getStatus()
                                        .value())
                                .subscribeOn(Schedulers.boundedElastic()),
                        32)
                .collectList()
                .block();

        assertThat(answers).filteredOn(status -> status == 201).hasSize(30);
        assertThat(answers).filteredOn(status -> status == 409).hasSize(70);
        isWhole(33);
    }

    @Test
    void answerAKeyThatTheOtherHasTakenWithItsFirstAnswer() {
        String first = text(json(keyed(here, "k1"), 201), "id");
        String second = text(json(keyed(there, "k1"), 201), "id");
        String third = text(json(keyed(here, "k1"), 201), "id");

        assertThat(Set.of(first)).containsExactly(second).containsExactly(third);
        isWhole(4);
    }

    @Test
    void seeWhatTheOtherHasChangedOfPartsAndPlaces() {
        json(there.patch("/api/parts/" + part, 1, Map.of("reorderThreshold", 25)), 200);
        moved(here, "ISSUE", 5);
        assertThat(room.got("/api/stock/alerts?status=OPEN").path("items")).hasSize(1);

        json(there.patch("/api/parts/" + part, 2, Map.of("reorderThreshold", 5)), 200);
        moved(here, "ISSUE", 1);
        assertThat(room.got("/api/stock/alerts?status=OPEN").path("items")).isEmpty();

        moved(here, "ISSUE", 24);
        json(there.patch("/api/locations/" + place, 1, Map.of("active", false)), 200);
        assertThat(refused(post(here, "RECEIPT", 1), 422)).isEqualTo("unknown-location");
    }

    private WebTestClient.ResponseSpec post(TestUser user, String type, int quantity) {
        return user.post("/api/movements", move(place, part, type, quantity));
    }

    private int moved(TestUser user, String type, int quantity) {
        return json(post(user, type, quantity), 201).path("newQuantity").intValue();
    }

    private WebTestClient.ResponseSpec keyed(TestUser user, String key) {
        return user.request(HttpMethod.POST, "/api/movements")
                .header("Idempotency-Key", key)
                .bodyValue(move(place, part, "RECEIPT", 1))
                .exchange();
    }

    private void isWhole(int movements) {
        assertThat(room.got("/api/stock/verify").path("differences")).isEmpty();
        Set<Long> positions = new HashSet<>();
        room.got("/api/movements?limit=200")
                .path("items")
                .forEach(item -> positions.add(item.path("position").longValue()));
        assertThat(positions).hasSize(movements);
    }
}
