package io.sluice.inventory.web;

import static io.sluice.inventory.web.Stockroom.JSON;
import static io.sluice.inventory.web.Stockroom.answered;
import static io.sluice.inventory.web.Stockroom.many;
import static io.sluice.inventory.web.Stockroom.move;
import static io.sluice.inventory.web.Stockroom.text;
import static io.sluice.inventory.web.Stockroom.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.inventory.web.Stockroom.Answered;
import io.sluice.testing.Owner;
import io.sluice.testing.WrittenByHand;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;

/** The database itself refuses one command, at each of its steps: nothing of it stays, and nobody else is hurt. */
class FailingCommandsIT {

    private final Stockroom room = new Stockroom();
    private final UUID tenant = room.tenant().id().value();

    @AfterEach
    void dropTheTriggers() {
        List.of("stock", "movement", "event", "daily_usage", "stock_alert")
                .forEach(table -> Owner.update("DROP TRIGGER IF EXISTS refusing ON " + table));
    }

    private static void refuse(String table, String condition) {
        Owner.update("""
                CREATE OR REPLACE FUNCTION refusing() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'refused by the test'; END $$
                """);
        Owner.update("CREATE TRIGGER refusing BEFORE INSERT OR UPDATE ON " + table + " FOR EACH ROW WHEN (" + condition
                + ") EXECUTE FUNCTION refusing()");
    }

    @ParameterizedTest
    @CsvSource({
        "stock, new.part_id = '%s'",
        "daily_usage, new.part_id = '%s'",
        "stock_alert, new.part_id = '%s'",
        "movement, new.part_id = '%s'",
        "event, new.subject LIKE '%%%s'"
    })
    void leavesNoTraceOfACommandThatFailsAndLetsItsNeighboursPass(String table, String condition) {
        String location = room.location("A");
        String good = room.part("GOOD");
        String bad = room.part("BAD", Map.of("reorderThreshold", 100));
        room.moved(location, good, "RECEIPT", 1000);
        room.moved(location, bad, "RECEIPT", 1000);
        long before = head();
        refuse(table, condition.formatted(bad));

        List<Answered> answers = post(location, good, bad);

        assertThat(IntStream.range(0, 40).filter(n -> n % 10 == 7).mapToObj(n -> answers.get(n)
                        .status()))
                .containsOnly(500);
        assertThat(IntStream.range(0, 40).filter(n -> n % 10 != 7).mapToObj(n -> answers.get(n)
                        .status()))
                .containsOnly(201);
        assertThat(quantity(location, bad)).isEqualTo(1000);
        assertThat(quantity(location, good)).isEqualTo(1000 - 36);
        assertThat(Owner.count("SELECT count(*) FROM movement WHERE part_id = ?::uuid", bad))
                .isEqualTo(1);
        assertThat(Owner.count("SELECT count(*) FROM stock_alert WHERE part_id = ?::uuid", bad))
                .isZero();
        assertThat(head()).isEqualTo(before + 36);
        assertThatTheLogIsDense();
    }

    private List<Answered> post(String location, String good, String bad) {
        var client = many(room.admin());
        return Objects.requireNonNull(Flux.range(0, 40)
                .flatMapSequential(
                        n -> answered(client.post()
                                .uri("/api/movements")
                                .bodyValue(
                                        n % 10 == 7
                                                ? move(location, bad, "ISSUE", 950)
                                                : move(location, good, "ISSUE", 1))),
                        40)
                .collectList()
                .block(Duration.ofSeconds(30)));
    }

    @Test
    void appliesAFailedCommandWhenItIsSentAgainUnderTheSameKey() {
        String location = room.location("A");
        String part = room.part("P");
        room.moved(location, part, "RECEIPT", 10);
        refuse("movement", "new.part_id = '" + part + "'");
        var client = many(room.admin());

        var failing = answered(client.post()
                .uri("/api/movements")
                .header("Idempotency-Key", "again")
                .bodyValue(move(location, part, "ISSUE", 1)));
        assertThat(Objects.requireNonNull(failing.block()).status()).isEqualTo(500);
        dropTheTriggers();
        Answered second = Objects.requireNonNull(failing.block());

        assertThat(second.status()).isEqualTo(201);
        assertThat(second.replayed()).isFalse();
        assertThat(quantity(location, part)).isEqualTo(9);
    }

    @Test
    void rejectsTheLineOfAStreamThatFailsAndGoesOn() {
        String location = room.location("A");
        String part = room.part("P");
        room.moved(location, part, "RECEIPT", 10);
        refuse("movement", "new.note = 'bad'");

        var lines = Objects.requireNonNull(Stockroom.stream(
                        many(room.admin()),
                        List.of(
                                move(location, part, "ISSUE", 1),
                                with(move(location, part, "ISSUE", 1), "note", "bad"),
                                move(location, part, "ISSUE", 1)))
                .block());

        assertThat(lines.stream().map(it -> text(it, "outcome"))).containsExactly("APPLIED", "REJECTED", "APPLIED");
        assertThat(quantity(location, part)).isEqualTo(8);
    }

    @Test
    void answersANumberThatNoColumnHoldsAsTheCallersMistake() {
        String location = room.location("A");
        String part = room.part("P");
        room.moved(location, part, "RECEIPT", 999_999_999_999_999L);

        var answer = room.admin()
                .post(
                        "/api/movements",
                        with(move(location, part, "ISSUE", 999_999_999_999L), "unitPrice", 999_999_999_999L));

        assertThat(Stockroom.refused(answer, 422)).isEqualTo("quantity-range");
        assertThat(quantity(location, part)).isEqualTo(999_999_999_999_999L);
    }

    @Test
    void answersTextThatTheDatabaseDoesNotHoldAsTheCallersMistake() {
        String location = room.location("A");
        String part = room.part("P");
        long before = head();

        var zero = with(move(location, part, "RECEIPT", 1), "metadata", Map.of("a", List.of("x\u0000y")));
        var zeroName = with(move(location, part, "RECEIPT", 1), "metadata", Map.of("x\u0000y", 1));
        String endless = JSON.writeValueAsString(move(location, part, "RECEIPT", 1))
                .replaceFirst("\\{", "{\"metadata\":{\"a\":1e999999999},");

        assertThat(Stockroom.refused(room.admin().post("/api/movements", zero), 400))
                .isEqualTo("invalid-request");
        assertThat(Stockroom.refused(room.admin().post("/api/movements", zeroName), 400))
                .isEqualTo("invalid-request");
        assertThat(Stockroom.refused(
                        room.admin()
                                .request(org.springframework.http.HttpMethod.POST, "/api/movements")
                                .contentType(org.springframework.http.MediaType.APPLICATION_JSON)
                                .bodyValue(endless)
                                .exchange(),
                        400))
                .isEqualTo("invalid-request");
        assertThat(head()).isEqualTo(before);
    }

    @Test
    void answersARowThatSomebodyHoldsTooLongAsATimeoutAndChangesNothing() throws java.sql.SQLException {
        String location = room.location("A");
        String part = room.part("P");
        room.moved(location, part, "RECEIPT", 10);

        try (var connection = Owner.connection()) {
            connection.setAutoCommit(false);
            connection.createStatement().execute("SELECT FROM stock WHERE part_id = '" + part + "' FOR UPDATE");

            assertThat(Stockroom.refused(room.admin().post("/api/movements", move(location, part, "ISSUE", 1)), 504))
                    .isEqualTo("query-timeout");
        }
        assertThat(quantity(location, part)).isEqualTo(10);
    }

    private long quantity(String location, String part) {
        return room.got("/api/stock/" + location + "/" + part).path("quantity").longValue();
    }

    private long head() {
        return room.got("/api/log/head").path("position").longValue();
    }

    private void assertThatTheLogIsDense() {
        var events = WrittenByHand.eventsOf(room.tenant());
        assertThat(events.stream().map(WrittenByHand.Event::position))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, head()).boxed().toList());
        assertThat(WrittenByHand.firstBroken(events)).isNull();
        assertThat(Owner.count("SELECT head FROM tenant_log WHERE tenant_id = ?", tenant))
                .isEqualTo(head());
    }
}
