package io.sluice.access;

import static io.sluice.access.Role.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.Topic;
import io.sluice.shared.Ids;
import io.sluice.shared.TenantId;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TopicPolicyTest {

    private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
    private static final UUID SELF = Ids.next();
    private static final UUID BERLIN = Ids.next();
    private static final Set<Role> STOCK_READERS =
            EnumSet.of(ADMIN, MANAGER, WAREHOUSE, TECHNICIAN, PROCUREMENT, EXECUTIVE, AUDITOR, EDITOR, VIEWER);
    private static final Set<Role> STAFF = EnumSet.complementOf(EnumSet.of(VENDOR_CONTACT, OPERATOR));

    @ParameterizedTest
    @EnumSource(Role.class)
    void opensEachKindToTheRolesThatMayReadIt(Role role) {
        Principal reader = reader(Grant.of(role));

        assertThat(TopicPolicy.mayRead(reader, Topic.TENANT)).isTrue();
        assertThat(TopicPolicy.mayRead(reader, Topic.job(Ids.next()))).isTrue();
        assertThat(TopicPolicy.mayRead(reader, Topic.SYSTEM)).isEqualTo(role == ADMIN || role == OPERATOR);
        assertThat(TopicPolicy.mayRead(reader, Topic.STOCK)).isEqualTo(STOCK_READERS.contains(role));
        assertThat(TopicPolicy.mayRead(reader, Topic.alert(Ids.next()))).isEqualTo(STOCK_READERS.contains(role));
        assertThat(TopicPolicy.mayRead(reader, Topic.location(BERLIN))).isEqualTo(STOCK_READERS.contains(role));
        assertThat(TopicPolicy.mayRead(reader, topic("location:*"))).isEqualTo(STOCK_READERS.contains(role));
        assertThat(TopicPolicy.mayRead(reader, Topic.part(Ids.next()))).isEqualTo(STAFF.contains(role));
        assertThat(TopicPolicy.mayRead(reader, Topic.category(Ids.next()))).isEqualTo(STAFF.contains(role));
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void opensARolesTopicToItsHoldersOnly(Role role) {
        Principal reader = reader(Grant.of(role));

        assertThat(EnumSet.allOf(Role.class).stream().filter(it -> TopicPolicy.mayRead(reader, Topic.role(it.word()))))
                .containsExactly(role);
        assertThat(TopicPolicy.mayRead(reader, Topic.role("no_such_role"))).isFalse();
    }

    @Test
    void opensAUsersTopicToHimselfOnly() {
        Principal admin = reader(Grant.of(ADMIN));

        assertThat(TopicPolicy.mayRead(admin, Topic.user(SELF.toString()))).isTrue();
        assertThat(TopicPolicy.mayRead(admin, Topic.user(Ids.next().toString())))
                .isFalse();
    }

    @Test
    void opensALocationByExactMatchOfItsId() {
        Principal reader = reader(Grant.at(WAREHOUSE, Scope.only(Set.of(BERLIN))));

        assertThat(TopicPolicy.mayRead(reader, Topic.location(BERLIN))).isTrue();
        assertThat(TopicPolicy.mayRead(reader, Topic.location(Ids.next()))).isFalse();
    }

    @Test
    void hidesTheTopicsOfOtherPeople() {
        Principal reader = reader(Grant.of(VIEWER));

        assertThat(TopicPolicy.shows(reader, Topic.user(SELF.toString()))).isTrue();
        assertThat(TopicPolicy.shows(reader, Topic.user(Ids.next().toString()))).isFalse();
        assertThat(TopicPolicy.shows(reader, Topic.role("admin"))).isFalse();
        assertThat(TopicPolicy.shows(reader, Topic.SYSTEM)).isFalse();
        assertThat(TopicPolicy.shows(reader, Topic.location(Ids.next()))).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Topic.Kind.class)
    void isDiscreetWhereItMayHide(Topic.Kind kind) {
        assertThat(TopicPolicy.isDiscreet(kind))
                .isEqualTo(EnumSet.of(Topic.Kind.USER, Topic.Kind.ROLE, Topic.Kind.SYSTEM)
                        .contains(kind));
    }

    private static Topic topic(String text) {
        return Topic.parse(text).orElseThrow();
    }

    private static Principal reader(Grant... grants) {
        return new Principal(
                new TenantId(Ids.next()), SELF, Ids.next(), "anna", List.of(grants), NOON, NOON.plusSeconds(900));
    }
}
