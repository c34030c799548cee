package io.sluice.log.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.access.Role;
import io.sluice.log.postgres.LogKeeping;
import io.sluice.testing.Owner;
import io.sluice.testing.Server;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import io.sluice.testing.WrittenByHand;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Somebody with the owner's rights alters the stored log; {@code verify} names the first position that he touched. */
class AuditVerifyIT {

    private final TestTenant tenant = Tenants.fresh();
    private final UUID id = tenant.id().value();

    @BeforeEach
    void writeTenEvents() {
        IntStream.range(0, 10).forEach(n -> tenant.admin()
                .post("/api/locations", Map.of("code", "L" + n, "name", "\u00e4\"\\ \u20ac \ud83d\ude00 " + n))
                .expectStatus()
                .isCreated());
    }

    @Test
    void callsAnUntouchedChainWhole() {
        assertThat(verify()).doesNotContainKey("firstBroken");
        assertThat(((Number) Objects.requireNonNull(verify().get("checked"))).longValue())
                .isEqualTo(head());
        assertThat(WrittenByHand.firstBroken(WrittenByHand.eventsOf(tenant))).isNull();
    }

    @Test
    void namesAnEventWhosePayloadWasAltered() {
        Owner.update(
                "UPDATE event SET payload = jsonb_set(payload, '{code}', '\"X\"') WHERE tenant_id = ? AND position = 5",
                id);

        assertThat(firstBroken()).isEqualTo(5);
    }

    @Test
    void namesAnEventOfWhichOneByteWasAltered() {
        Owner.update(
                "UPDATE event SET subject = overlay(subject placing 'X' from 3 for 1) WHERE tenant_id = ? AND position = 4",
                id);

        assertThat(firstBroken()).isEqualTo(4);
    }

    @Test
    void namesAnEventWhoseTimeWasAlteredByAMicrosecond() {
        Owner.update("UPDATE event SET at = at + interval '1 microsecond' WHERE tenant_id = ? AND position = 6", id);

        assertThat(firstBroken()).isEqualTo(6);
    }

    @Test
    void namesAnEventThatBlamesSomebodyElse() {
        Owner.update(
                "UPDATE event SET actor = jsonb_set(actor, '{id}', '\"mallory\"') WHERE tenant_id = ? AND position = 6",
                id);

        assertThat(firstBroken()).isEqualTo(6);
    }

    @Test
    void namesAnEventWhoseHashWasAltered() {
        Owner.update("UPDATE event SET hash = set_byte(hash, 31, 0) WHERE tenant_id = ? AND position = 7", id);

        assertThat(firstBroken()).isEqualTo(7);
    }

    @Test
    void namesAnEventThatIsMissing() {
        Owner.update("DELETE FROM event WHERE tenant_id = ? AND position = 8", id);

        assertThat(firstBroken()).isEqualTo(8);
    }

    @Test
    void namesTheFirstAndTheLastWhenTheyAreMissing() {
        long last = head();
        Owner.update("DELETE FROM event WHERE tenant_id = ? AND position = ?", id, last);
        assertThat(firstBroken()).isEqualTo(last);

        Owner.update("DELETE FROM event WHERE tenant_id = ? AND position = 1", id);
        assertThat(firstBroken()).isEqualTo(1);
    }

    @Test
    void namesTheFirstOfTwoThatWereSwapped() {
        Owner.update("UPDATE event SET position = 1000 WHERE tenant_id = ? AND position = 3", id);
        Owner.update("UPDATE event SET position = 3 WHERE tenant_id = ? AND position = 9", id);
        Owner.update("UPDATE event SET position = 9 WHERE tenant_id = ? AND position = 1000", id);

        assertThat(firstBroken()).isEqualTo(3);
    }

    @Test
    void namesAnEventThatWasInsertedInTheMiddle() {
        Owner.update("""
                INSERT INTO event SELECT tenant_id, position, gen_random_uuid(), type, version, topics, subject, actor,
                    cause, at + interval '1 second', payload, prev_hash, hash FROM event
                WHERE tenant_id = ? AND position = 5
                """, id);

        assertThat(firstBroken()).isEqualTo(5);
    }

    @Test
    void namesAnEventThatWasAddedAtTheEndWithARightHash() {
        long last = head();
        Owner.update("""
                INSERT INTO event SELECT tenant_id, position + 1, gen_random_uuid(), type, version, topics, subject, actor,
                    cause, at, payload, hash, hash FROM event WHERE tenant_id = ? AND position = ?
                """, id, last);

        assertThat(firstBroken()).isEqualTo(last + 1);
    }

    @Test
    void namesTheEndWhenTheHeadWasTurnedBack() {
        long last = head();
        Owner.update("""
                UPDATE tenant_log l SET head = e.position, head_hash = e.hash FROM event e
                WHERE l.tenant_id = ? AND e.tenant_id = l.tenant_id AND e.position = ?
                """, id, last - 2);

        assertThat(firstBroken()).isEqualTo(last - 1);
    }

    @Test
    void namesTheAnchorWhenTheChainWasRewrittenToItsEnd() {
        keep();
        long anchored = head();
        tenant.admin()
                .post("/api/locations", Map.of("code", "LATER", "name", "Later"))
                .expectStatus()
                .isCreated();
        assertThat(verify()).doesNotContainKey("firstBroken");
        Owner.update(
                "UPDATE event SET payload = jsonb_set(payload, '{code}', '\"X\"') WHERE tenant_id = ? AND position = 5",
                id);

        rewriteTheChain();

        assertThat(WrittenByHand.firstBroken(WrittenByHand.eventsOf(tenant))).isNull();
        assertThat(firstBroken()).isEqualTo(anchored);
        Owner.update(
                "UPDATE anchor a SET hash = e.hash FROM event e"
                        + " WHERE a.tenant_id = ? AND e.tenant_id = a.tenant_id AND e.position = a.position",
                id);
        assertThat(firstBroken()).isEqualTo(anchored);
        Owner.update("DELETE FROM anchor WHERE tenant_id = ?", id);
        assertThat(firstBroken()).isEqualTo(anchored);
    }

    private static void keep() {
        Server.shared().bean(LogKeeping.class).round().block();
    }

    private void rewriteTheChain() {
        List<WrittenByHand.Event> events = WrittenByHand.eventsOf(tenant);
        var hashes = new String[events.size() + 1];
        hashes[0] = "0".repeat(64);
        for (int i = 0; i < events.size(); i++) {
            hashes[i + 1] = WrittenByHand.hash(hashes[i], events.get(i).content());
        }
        Owner.update(
                """
                UPDATE event SET prev_hash = decode(n.before, 'hex'), hash = decode(n.own, 'hex')
                FROM (SELECT position, before, own
                      FROM unnest(?::bigint[], ?::text[], ?::text[]) AS n (position, before, own)) n
                WHERE event.tenant_id = ? AND event.position = n.position
                """,
                events.stream().map(WrittenByHand.Event::position).toArray(Long[]::new),
                Arrays.copyOf(hashes, events.size()),
                Arrays.copyOfRange(hashes, 1, hashes.length),
                id);
        Owner.update(
                "UPDATE tenant_log SET head_hash = decode(?, 'hex') WHERE tenant_id = ?", hashes[events.size()], id);
    }

    @Test
    void keepsOneAnchorADayAndTidiesExpiredKeysAway() {
        Owner.update("""
                INSERT INTO command_key (tenant_id, scope, key, digest, status, answer, position, expires_at)
                SELECT ?, 'gone', n::text, '', 200, '', 1, now() - interval '1 minute' FROM generate_series(1, 20001) n
                """, id);
        Owner.update("""
                INSERT INTO command_key (tenant_id, scope, key, digest, status, answer, position, expires_at)
                VALUES (?, 'young', '1', '', 200, '', 1, now() + interval '1 minute')
                """, id);
        Owner.update("""
                INSERT INTO command_key (tenant_id, scope, key, digest, status, answer, position, expires_at)
                VALUES (?, 'ever', '1', '', 200, '', 1, NULL)
                """, id);

        keep();
        keep();

        assertThat(Owner.count("SELECT count(*) FROM anchor WHERE tenant_id = ?", id))
                .isEqualTo(1);
        assertThat(Owner.count("SELECT count(*) FROM command_key WHERE tenant_id = ? AND scope = 'gone'", id))
                .isZero();
        assertThat(Owner.count(
                        "SELECT count(*) FROM command_key WHERE tenant_id = ? AND scope IN ('young', 'ever')", id))
                .isEqualTo(2);
    }

    @Test
    void followsAChainOfManyPagesAndNamesWhatIsBrokenFarBehind() {
        Owner.update("""
                INSERT INTO event SELECT e.tenant_id, e.position + n, gen_random_uuid(), e.type, e.version, e.topics,
                    e.subject, e.actor, e.cause, e.at, e.payload, e.hash, e.hash
                FROM event e, generate_series(1, 5000) n WHERE e.tenant_id = ? AND e.position = ?
                """, id, head());
        Owner.update("UPDATE tenant_log SET head = head + 5000 WHERE tenant_id = ?", id);
        rewriteTheChain();
        assertThat(verify()).doesNotContainKey("firstBroken").containsEntry("checked", Math.toIntExact(head()));

        Owner.update("DELETE FROM event WHERE tenant_id = ? AND position = 4001", id);

        assertThat(firstBroken()).isEqualTo(4001);
    }

    @Test
    void isWholeAgainWhenTheOldValueIsPutBack() {
        String old = Owner.query(
                        "SELECT payload FROM event WHERE tenant_id = ? AND position = 5", row -> row.getString(1), id)
                .getFirst();
        Owner.update("UPDATE event SET payload = '{}' WHERE tenant_id = ? AND position = 5", id);
        assertThat(firstBroken()).isEqualTo(5);

        Owner.update("UPDATE event SET payload = ?::jsonb WHERE tenant_id = ? AND position = 5", old, id);
        assertThat(verify()).doesNotContainKey("firstBroken");
    }

    @Test
    void isDoneByOfficersAndAuditorsOnly() {
        tenant.user(Role.AUDITOR).post("/api/audit/verify").expectStatus().isOk();
        tenant.user(Role.COMPLIANCE_OFFICER)
                .post("/api/audit/verify")
                .expectStatus()
                .isOk();
        List.of(Role.MANAGER, Role.WAREHOUSE, Role.VIEWER, Role.EXECUTIVE).forEach(role -> tenant.user(role)
                .post("/api/audit/verify")
                .expectStatus()
                .isForbidden());
    }

    private long head() {
        return Owner.count("SELECT head FROM tenant_log WHERE tenant_id = ?", id);
    }

    private long firstBroken() {
        Number broken = (Number) Objects.requireNonNull(verify().get("firstBroken"), "the chain is called whole");
        return broken.longValue();
    }

    @SuppressWarnings("unchecked")
    private Map<String, @Nullable Object> verify() {
        return (Map<String, @Nullable Object>) Objects.requireNonNull(tenant.admin()
                .post("/api/audit/verify")
                .expectStatus()
                .isOk()
                .expectBody(Map.class)
                .returnResult()
                .getResponseBody());
    }
}
