package io.sluice.inventory.web;

import static io.sluice.inventory.web.Stockroom.JSON;
import static io.sluice.inventory.web.Stockroom.answered;
import static io.sluice.inventory.web.Stockroom.json;
import static io.sluice.inventory.web.Stockroom.many;
import static io.sluice.inventory.web.Stockroom.move;
import static io.sluice.inventory.web.Stockroom.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.inventory.web.Stockroom.Answered;
import io.sluice.testing.Owner;
import io.sluice.testing.WrittenByHand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

class LedgerUnderLoadIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int WORKERS = 64;
    private static final int MOVEMENTS = 10_000;

    private final Stockroom room = new Stockroom();

    @Test
    void letsExactlyAsManyIssuesThroughAsThereArePieces() {
        String location = room.location("A");
        String part = room.part("P", Map.of("reorderThreshold", 10));
        room.moved(location, part, "RECEIPT", 60);
        WebClient client = many(room.admin());

        List<Answered> answers = Objects.requireNonNull(Flux.range(0, 100)
                .flatMap(
                        _ -> answered(client.post().uri("/api/movements").bodyValue(move(location, part, "ISSUE", 1))),
                        100)
                .collectList()
                .block(PATIENCE));

        assertThat(answers.stream().filter(it -> it.status() == 201)).hasSize(60);
        assertThat(answers.stream().filter(it -> it.status() == 409).map(it -> text(JSON.readTree(it.body()), "code")))
                .hasSize(40)
                .containsOnly("insufficient-stock");
        assertThat(room.got("/api/stock/" + location + "/" + part)
                        .path("quantity")
                        .longValue())
                .isZero();
        assertThat(room.got("/api/stock/alerts?locationId=" + location).path("items"))
                .hasSize(1);
        assertThat(room.tenant().events().stream().filter(it -> it.type().equals("stock.alert.opened")))
                .hasSize(1);
    }

    @Test
    void staysTrueUnderSixtyFourWorkersWithTenThousandRandomMovements() {
        List<String> locations = List.of(room.location("A"), room.location("B"));
        List<String> parts = List.of(
                room.part("P1", Map.of("reorderThreshold", 20, "criticalThreshold", 5)),
                room.part("P2"),
                room.part("P3"));
        WebClient client = many(room.admin());

        List<JsonNode> outcomes = Objects.requireNonNull(Flux.range(0, WORKERS)
                .flatMap(worker -> Stockroom.stream(client, randomMoves(worker, locations, parts)), WORKERS)
                .flatMapIterable(lines -> lines)
                .collectList()
                .block(PATIENCE));

        assertThat(outcomes).hasSize(MOVEMENTS);
        assertThat(outcomes.stream()
                        .filter(it -> text(it, "outcome").equals("REJECTED"))
                        .map(it -> text(it.path("problem"), "code")))
                .isNotEmpty()
                .containsOnly("insufficient-stock");
        assertThat(outcomes.stream()
                        .map(it -> it.path("movement").path("newQuantity").asInt()))
                .allMatch(it -> it >= 0);
        long applied = outcomes.stream()
                .filter(it -> text(it, "outcome").equals("APPLIED"))
                .count();
        assertThat(Owner.count(
                        "SELECT count(*) FROM movement WHERE tenant_id = ?",
                        room.tenant().id().value()))
                .isEqualTo(applied);
        assertThat(room.got("/api/stock/verify").path("differences")).isEmpty();
        assertThat(Owner.count("""
                        SELECT count(*) FROM (
                            SELECT balance_after - sum(change) OVER (PARTITION BY location_id, part_id ORDER BY position)
                                   AS off FROM movement WHERE tenant_id = ?) b WHERE off <> 0
                        """, room.tenant().id().value())).isZero();
        assertThatTheChainIsWhole();
    }

    /** Far more lines than may wait at once: the streams wait, none is refused, and single commands still pass. */
    @Test
    void letsStreamsWaitInsteadOfRefusingTheirLines() {
        String location = room.location("A");
        String part = room.part("P");
        WebClient client = many(room.admin());
        List<Map<String, Object>> lines = java.util.Collections.nCopies(800, move(location, part, "RECEIPT", 1));

        List<List<JsonNode>> streams = Objects.requireNonNull(Flux.range(0, WORKERS)
                .flatMap(_ -> Stockroom.stream(client, lines), WORKERS)
                .mergeWith(Flux.range(0, 20)
                        .concatMap(_ -> answered(
                                client.post().uri("/api/movements").bodyValue(move(location, part, "RECEIPT", 1))))
                        .doOnNext(it -> assertThat(it.status()).isEqualTo(201))
                        .map(_ -> List.of()))
                .collectList()
                .block(PATIENCE));

        assertThat(streams.stream().flatMap(List::stream).map(it -> text(it, "outcome")))
                .hasSize(WORKERS * 800)
                .containsOnly("APPLIED");
        assertThat(streams).allSatisfy(stream -> assertThat(stream.stream()
                        .map(it -> it.path("movement").path("position").longValue()))
                .isSorted());
        assertThat(room.got("/api/stock/" + location + "/" + part)
                        .path("quantity")
                        .longValue())
                .isEqualTo(WORKERS * 800 + 20);
    }

    private void assertThatTheChainIsWhole() {
        List<WrittenByHand.Event> events = WrittenByHand.eventsOf(room.tenant());
        assertThat(events.stream().map(WrittenByHand.Event::position))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, events.size()).boxed().toList());
        assertThat(WrittenByHand.firstBroken(events)).isNull();
        assertThat(room.got("/api/log/head").path("position").longValue()).isEqualTo(events.size());
        assertThat(text(room.got("/api/log/head"), "hash"))
                .isEqualTo(events.getLast().hash());
        JsonNode verified = json(room.admin().post("/api/audit/verify"), 200);
        assertThat(verified.path("checked").longValue()).isEqualTo(events.size());
        assertThat(verified.path("firstBroken").isMissingNode()).isTrue();
    }

    private static List<Map<String, Object>> randomMoves(int worker, List<String> locations, List<String> parts) {
        Random random = new Random(worker);
        int mine = MOVEMENTS / WORKERS + (worker < MOVEMENTS % WORKERS ? 1 : 0);
        List<Map<String, Object>> moves = new ArrayList<>();
        IntStream.range(0, mine).forEach(_ -> moves.add(randomMove(random, locations, parts)));
        return moves;
    }

    private static Map<String, Object> randomMove(Random random, List<String> locations, List<String> parts) {
        String location = locations.get(random.nextInt(locations.size()));
        String part = parts.get(random.nextInt(parts.size()));
        int units = 1 + random.nextInt(20);
        return switch (random.nextInt(6)) {
            case 0, 1, 2 -> move(location, part, "ISSUE", units);
            case 3 -> move(location, part, "RECEIPT", units);
            case 4 -> move(location, part, "ADJUSTMENT", random.nextBoolean() ? units : -units);
            default -> move(location, part, "SCRAP", units);
        };
    }
}
