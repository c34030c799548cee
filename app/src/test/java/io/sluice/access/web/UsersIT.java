package io.sluice.access.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.access.Role;
import io.sluice.log.Recorded;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import io.sluice.testing.TestUser;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

class UsersIT {

    private final TestTenant tenant = Tenants.fresh();
    private final TestUser admin = tenant.admin();

    private static Map<String, Object> wish(String username) {
        return Map.of(
                "username",
                username,
                "email",
                username + "@example.org",
                "displayName",
                "Somebody",
                "password",
                TestTenant.PASSWORD,
                "grants",
                List.of(Map.of("role", "viewer")));
    }

    @Test
    void makesAUserWhoCanSignInAtOnce() {
        admin.post("/api/users", wish("ann"))
                .expectStatus()
                .isCreated()
                .expectHeader()
                .valueEquals("ETag", "\"1\"")
                .expectHeader()
                .exists("Sluice-Position")
                .expectBody()
                .jsonPath("$.status")
                .isEqualTo("ACTIVE")
                .jsonPath("$.roles[0]")
                .isEqualTo("viewer");

        tenant.login("ann", TestTenant.PASSWORD).expectStatus().isOk();
    }

    @Test
    void refusesANameThatIsTakenWhateverItsCase() {
        admin.post("/api/users", wish("ann")).expectStatus().isCreated();

        admin.post("/api/users", wish("ANN"))
                .expectStatus()
                .isEqualTo(409)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("duplicate");
    }

    @Test
    void makesOneUserForARepeatedKey() {
        for (int i = 0; i < 2; i++) {
            admin.request(HttpMethod.POST, "/api/users")
                    .header("Idempotency-Key", "first of all")
                    .bodyValue(wish("ann"))
                    .exchange()
                    .expectStatus()
                    .isCreated();
        }

        assertThat(tenant.events())
                .filteredOn(it -> it.type().equals("user.created"))
                .hasSize(2);
    }

    @Test
    void asksForTheVersionBeforeAChange() {
        TestUser other = tenant.user(Role.VIEWER);
        Map<String, String> change = Map.of("displayName", "Renamed");

        admin.request(HttpMethod.PATCH, "/api/users/" + other.id())
                .bodyValue(change)
                .exchange()
                .expectStatus()
                .isEqualTo(428);
        admin.patch("/api/users/" + other.id(), 7, change)
                .expectStatus()
                .isEqualTo(412)
                .expectBody()
                .jsonPath("$.currentVersion")
                .isEqualTo(1);
        admin.patch("/api/users/" + other.id(), 1, change)
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals("ETag", "\"2\"")
                .expectBody()
                .jsonPath("$.displayName")
                .isEqualTo("Renamed");
    }

    @Test
    void writesNoEventWhenNothingChanges() {
        int before = tenant.events().size();

        admin.patch("/api/users/" + admin.id(), 1, Map.of("displayName", "user1"))
                .expectStatus()
                .isOk();
        admin.post("/api/users/" + admin.id() + "/enable").expectStatus().isOk();

        assertThat(tenant.events()).hasSize(before);
    }

    @Test
    void keepsTheLastAdministrator() {
        admin.post("/api/users/" + admin.id() + "/disable")
                .expectStatus()
                .isEqualTo(409)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("last-admin");
        admin.put("/api/users/" + admin.id() + "/grants", 1, Map.of("grants", List.of()))
                .expectStatus()
                .isEqualTo(409);

        tenant.user(Role.ADMIN);

        admin.put("/api/users/" + admin.id() + "/grants", 1, Map.of("grants", List.of()))
                .expectStatus()
                .isOk();
    }

    @Test
    void keepsOneOfTwoAdministratorsWhoDisableEachOtherAtOnce() {
        TestUser second = tenant.user(Role.ADMIN);

        List<Integer> statuses = Flux.just(Map.entry(admin, second.id()), Map.entry(second, admin.id()))
                .flatMap(pair -> Mono.fromSupplier(() -> disable(pair.getKey(), pair.getValue()))
                        .subscribeOn(Schedulers.boundedElastic()))
                .collectList()
                .block();

        assertThat(statuses).containsOnlyOnce(200);
    }

    private static int disable(TestUser by, UUID id) {
        return by.post("/api/users/" + id + "/disable")
                .returnResult(String.class)
                .getStatus()
                .value();
    }

    @Test
    void disablesAndEnablesAUser() {
        TestUser other = tenant.user(Role.VIEWER);

        admin.post("/api/users/" + other.id() + "/disable").expectStatus().isOk();

        other.get("/api/me").expectStatus().isUnauthorized();
        tenant.login(other.username(), TestTenant.PASSWORD).expectStatus().isUnauthorized();
        admin.post("/api/users/" + other.id() + "/unlock")
                .expectStatus()
                .isEqualTo(409)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("illegal-transition");
        admin.post("/api/users/" + other.id() + "/enable").expectStatus().isOk();
        other.get("/api/me").expectStatus().isUnauthorized();
        tenant.login(other.username(), TestTenant.PASSWORD).expectStatus().isOk();
        assertThat(tenant.events())
                .extracting(Recorded::type)
                .containsSubsequence("user.status.changed", "session.ended", "user.status.changed");
    }

    @Test
    void replacesGrantsAsAWholeAndAtOnce() {
        TestUser other = tenant.user(Role.MANAGER);
        other.get("/api/users").expectStatus().isOk();

        admin.put("/api/users/" + other.id() + "/grants", 1, Map.of("grants", List.of(Map.of("role", "warehouse"))))
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.roles")
                .isEqualTo(List.of("warehouse"));

        other.get("/api/users").expectStatus().isForbidden();
    }

    @Test
    void namesEveryFaultOfASetOfGrants() {
        List<Map<String, Object>> grants = List.of(
                Map.of("role", "operator"),
                Map.of("role", "viewer"),
                Map.of("role", "viewer"),
                Map.of(
                        "role", "editor",
                        "validFrom", "2026-02-01T00:00:00Z",
                        "validUntil", "2026-01-01T00:00:00Z"));

        admin.put("/api/users/" + admin.id() + "/grants", 1, Map.of("grants", grants))
                .expectStatus()
                .isBadRequest()
                .expectBody()
                .jsonPath("$.errors[*].field")
                .isEqualTo(List.of("grants[0].role", "grants[2]", "grants[3].validUntil"));
    }

    @Test
    void refusesAGrantForALocationThatDoesNotExist() {
        Map<String, Object> grant =
                Map.of("role", "manager", "locations", List.of(UUID.randomUUID().toString()));

        admin.put("/api/users/" + admin.id() + "/grants", 1, Map.of("grants", List.of(Map.of("role", "admin"), grant)))
                .expectStatus()
                .isEqualTo(422)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("unknown-location");
    }

    @Test
    void listsUsersByNameInPages() {
        tenant.user(Role.VIEWER);
        tenant.user(Role.VIEWER);
        Map<?, ?> page = admin.get("/api/users?limit=2&count=true")
                .expectStatus()
                .isOk()
                .expectBody(Map.class)
                .returnResult()
                .getResponseBody();
        assertThat(page).isNotNull();
        assertThat((Object) page.get("total")).isEqualTo(3);
        Object next = page.get("next");

        admin.get("/api/users?limit=2&cursor=" + next)
                .expectBody()
                .jsonPath("$.items.length()")
                .isEqualTo(1)
                .jsonPath("$.items[0].username")
                .isEqualTo("user3")
                .jsonPath("$.next")
                .doesNotExist();
        admin.get("/api/users?limit=2&role=viewer&cursor=" + next)
                .expectStatus()
                .isBadRequest()
                .expectBody()
                .jsonPath("$.errors[0].code")
                .isEqualTo("invalid-cursor");
        admin.get("/api/users?role=viewer&search=USER2&status=ACTIVE")
                .expectBody()
                .jsonPath("$.items[*].username")
                .isEqualTo(List.of("user2"));
    }

    @Test
    void showsNobodyOfAnotherTenant() {
        TestTenant other = Tenants.fresh();

        admin.get("/api/users/" + other.admin().id()).expectStatus().isNotFound();
        admin.post("/api/users/" + other.admin().id() + "/disable")
                .expectStatus()
                .isNotFound();
        other.admin().get("/api/me").expectStatus().isOk();
    }
}
