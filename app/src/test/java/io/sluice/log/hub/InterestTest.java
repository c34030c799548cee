package io.sluice.log.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.access.Grant;
import io.sluice.access.Principal;
import io.sluice.access.Role;
import io.sluice.access.Scope;
import io.sluice.log.Recorded;
import io.sluice.log.Topic;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InterestTest {

    private static final UUID HERE = UUID.fromString("01a1fc05-2cc0-7000-97da-000000000001");
    private static final UUID THERE = UUID.fromString("01a1fc05-2cc0-7000-97da-000000000002");
    private static final UUID PART = UUID.fromString("01a1fc05-2cc0-7000-97da-000000000003");

    private static Interest of(Principal reader, @Nullable List<String> types, String... topics) {
        var interest = new Interest(reader, types, "my-connection");
        for (String topic : topics) {
            interest.add(Topic.parse(topic).orElseThrow(), 10);
        }
        return interest;
    }

    private static LiveEvent stockAt(UUID location) {
        return ScriptedLog.live(11, "stock.changed", "s", "location:" + location, "part:" + PART, "stock");
    }

    @Test
    void matchesExactlyTheTopicsItHolds() {
        assertThat(of(ScriptedLog.manager(), null, "location:" + HERE).wants(stockAt(HERE)))
                .isTrue();
        assertThat(of(ScriptedLog.manager(), null, "location:" + HERE).wants(stockAt(THERE)))
                .isFalse();
        assertThat(of(ScriptedLog.manager(), null, "tenant").wants(stockAt(HERE)))
                .isFalse();
        assertThat(of(ScriptedLog.manager(), null).wants(stockAt(HERE))).isFalse();
    }

    @Test
    void matchesAllOfAKindThatTheReaderMaySee() {
        Principal here = ScriptedLog.reader(Grant.at(Role.WAREHOUSE, Scope.only(Set.of(HERE))));

        assertThat(of(here, null, "location:*").wants(stockAt(HERE))).isTrue();
        assertThat(of(here, null, "location:*").wants(stockAt(THERE))).isFalse();
        assertThat(of(here, null, "part:*").wants(stockAt(THERE))).isFalse();
        assertThat(of(here, null, "stock").wants(stockAt(THERE))).isFalse();
        assertThat(of(here, null, "stock").wants(stockAt(HERE))).isTrue();
    }

    @Test
    void neverOpensOthersUsersAndRolesByAWildcard() {
        Principal reader = ScriptedLog.manager();

        Interest interest = of(reader, null, "user:*", "role:*");

        assertThat(interest.wants(ScriptedLog.live(11, "tenant.told", "t", "user:" + ScriptedLog.READER)))
                .isTrue();
        assertThat(interest.wants(ScriptedLog.live(11, "tenant.told", "t", "user:" + PART)))
                .isFalse();
        assertThat(interest.wants(ScriptedLog.live(11, "tenant.told", "t", "role:manager")))
                .isTrue();
        assertThat(interest.wants(ScriptedLog.live(11, "tenant.told", "t", "role:admin")))
                .isFalse();
    }

    @Test
    void needsTheReadPermissionOfTheType() {
        Principal legal = ScriptedLog.reader(Grant.of(Role.LEGAL));

        assertThat(of(legal, null, "part:" + PART).wants(stockAt(HERE))).isFalse();
        assertThat(of(legal, null, "tenant").wants(ScriptedLog.live(11, "tenant.told", "t", "tenant")))
                .isTrue();
        assertThat(of(legal, null, "tenant").wants(ScriptedLog.live(11, "not.declared", "t", "tenant")))
                .isFalse();
    }

    @Test
    void selectsTypesExactlyOrByPrefix() {
        assertThat(of(ScriptedLog.manager(), List.of("stock.changed"), "stock").wants(stockAt(HERE)))
                .isTrue();
        assertThat(of(ScriptedLog.manager(), List.of("stock.*"), "stock").wants(stockAt(HERE)))
                .isTrue();
        assertThat(of(ScriptedLog.manager(), List.of("stock.change"), "stock").wants(stockAt(HERE)))
                .isFalse();
        assertThat(of(ScriptedLog.manager(), List.of("sto.*"), "stock").wants(stockAt(HERE)))
                .isFalse();
        assertThat(of(ScriptedLog.manager(), List.of("stock.alert.*"), "stock").wants(stockAt(HERE)))
                .isFalse();
    }

    @Test
    void leavesOutWhatItsOwnConnectionCaused() {
        Recorded caused = new Recorded(
                11,
                PART,
                "stock.changed",
                1,
                List.of("stock"),
                "s",
                "{}",
                "{\"connectionId\":\"my-connection\",\"kind\":\"http\"}",
                Instant.EPOCH,
                "{}");

        assertThat(of(ScriptedLog.manager(), null, "stock").wants(LiveEvent.of(caused, ScriptedLog.TYPES)))
                .isFalse();
        assertThat(of(ScriptedLog.manager(), null, "stock").wants(stockAt(HERE)))
                .isTrue();
    }

    @Test
    void beginsEachTopicAtItsOwnPosition() {
        Interest interest = of(ScriptedLog.manager(), null, "stock");
        interest.add(Topic.location(HERE), 20);

        assertThat(interest.wants(ScriptedLog.live(15, "stock.changed", "s", "location:" + HERE)))
                .isFalse();
        assertThat(interest.wants(ScriptedLog.live(21, "stock.changed", "s", "location:" + HERE)))
                .isTrue();
        assertThat(interest.wants(ScriptedLog.live(10, "stock.changed", "s", "stock")))
                .isFalse();
    }
}
