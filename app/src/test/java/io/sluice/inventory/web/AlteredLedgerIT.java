package io.sluice.inventory.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.Owner;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Somebody with the owner's rights alters the ledger; {@code verify} names the movement and the field. */
class AlteredLedgerIT {

    private final Stockroom room = new Stockroom();
    private final UUID tenant = room.tenant().id().value();
    private final String place = room.location("W1");
    private final String part = room.part("B-1", Map.of("price", 2.5));
    private JsonNode movement = Stockroom.JSON.missingNode();

    @BeforeEach
    void postsThreeMovements() {
        room.moved(place, part, "RECEIPT", 10);
        Map<String, Object> wish = new HashMap<>(Stockroom.move(place, part, "RECEIPT", 4));
        wish.putAll(Map.of(
                "unitCost", 1.25,
                "unitPrice", 3,
                "reason", "RESTOCK",
                "note", "from the second shelf, \u00e4\"\\ \u20ac",
                "reference", Map.of("type", "ORDER", "id", "PO-1"),
                "customerId", "17850",
                "occurredAt", "2026-11-01T08:26:00.123456789Z",
                "metadata", Map.of("n", 1.50, "list", new int[] {1, 2}),
                "key", "line-1"));
        movement = room.moved(wish);
        room.moved(place, part, "ISSUE", 3);
    }

    @Test
    void callsAnUntouchedLedgerWhole() {
        JsonNode reversed =
                Stockroom.json(room.admin().post("/api/movements/" + Stockroom.text(movement, "id") + "/reverse"), 201);

        assertThat(reversed.path("reversesId").stringValue()).isEqualTo(Stockroom.text(movement, "id"));
        assertThat(verify().has("firstBroken")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            location_id    | gen_random_uuid()                     | locationId
            part_id        | gen_random_uuid()                     | partId
            type           | 'RETURN'                              | type
            change         | change + 0.001                        | change
            balance_after  | balance_after + 1                     | balanceAfter
            unit_cost      | unit_cost + 0.0001                    | unitCost
            unit_cost      | NULL                                  | unitCost
            unit_price     | unit_price + 0.01                     | unitPrice
            currency       | 'USD'                                 | currency
            reason         | 'THEFT'                               | reason
            reason         | NULL                                  | reason
            note           | upper(note)                           | note
            note           | NULL                                  | note
            reference_type | 'TRANSFER'                            | reference
            reference_id   | 'PO-2'                                | reference
            customer       | '17851'                               | customerId
            occurred_at    | occurred_at + interval '1 microsecond' | occurredAt
            recorded_at    | recorded_at + interval '1 microsecond' | recordedAt
            actor          | 'mallory'                             | actor
            position       | position + 1000                       | position
            reverses_id    | gen_random_uuid()                     | reversesId
            key            | 'line-2'                              | key
            key            | NULL                                  | key
            metadata       | jsonb_set(metadata, '{n}', '1.51')    | metadata
            metadata       | NULL                                  | metadata
            id             | gen_random_uuid()                     | id
            """)
    void namesTheFieldThatWasAltered(String column, String value, String field) {
        assertThat(verify().has("firstBroken")).isFalse();

        alter(column + " = " + value);

        assertNamed(field + " differs from its event");
    }

    @Test
    void namesAFieldThatWasEmptyBefore() {
        String plain = Stockroom.text(room.moved(place, part, "ISSUE", 1), "id");

        Owner.update(
                "UPDATE movement SET note = 'added' WHERE tenant_id = ? AND id = ?", tenant, UUID.fromString(plain));

        assertThat(verify().path("reason").stringValue())
                .isEqualTo("movement " + plain + ": note differs from its event");
    }

    @Test
    void namesTheFirstOfTwoThatCancelEachOtherOut() {
        alter("change = change + 1");
        Owner.update("UPDATE movement SET change = change - 1 WHERE tenant_id = ? AND type = 'ISSUE'", tenant);

        assertThat(Stockroom.got(room.admin(), "/api/stock/verify")
                        .path("differences")
                        .size())
                .isZero();
        assertNamed("change differs from its event");
    }

    @Test
    void namesAMovementThatIsMissing() {
        Owner.update("DELETE FROM movement WHERE tenant_id = ? AND id = ?", tenant, id());

        assertNamed("is missing");
    }

    @Test
    void namesAMovementOfWhichThereIsNoEvent() {
        UUID invented = UUID.randomUUID();
        Owner.update("""
                INSERT INTO movement (tenant_id, id, location_id, part_id, type, change, balance_after, occurred_at,
                                      recorded_at, actor, position)
                SELECT tenant_id, ?, location_id, part_id, type, change, balance_after, occurred_at, recorded_at, actor,
                       position
                FROM movement WHERE tenant_id = ? AND id = ?
                """, invented, tenant, id());

        JsonNode verified = verify();
        assertThat(verified.path("firstBroken").longValue())
                .isEqualTo(movement.path("position").longValue());
        assertThat(verified.path("reason").stringValue())
                .isEqualTo("movement " + invented + ": there is no event of it");
    }

    @Test
    void keepsFromReadersOfEventsWhatOnlyTheLedgerSays() {
        JsonNode event = room.got("/api/events/" + movement.path("position").longValue());

        assertThat(event.toString()).doesNotContain("vouched", "unitCost", "second shelf", "17850");
    }

    private UUID id() {
        return UUID.fromString(Stockroom.text(movement, "id"));
    }

    private void alter(String change) {
        assertThat(Owner.update("UPDATE movement SET " + change + " WHERE tenant_id = ? AND id = ?", tenant, id()))
                .isEqualTo(1);
    }

    private void assertNamed(String how) {
        JsonNode verified = verify();
        assertThat(verified.path("reason").stringValue()).isEqualTo("movement " + id() + ": " + how);
        assertThat(verified.path("firstBroken").longValue())
                .isEqualTo(movement.path("position").longValue());
    }

    private JsonNode verify() {
        return Stockroom.json(room.admin().post("/api/audit/verify"), 200);
    }
}
