package io.sluice.access.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.access.Role;
import io.sluice.log.Recorded;
import io.sluice.testing.Server;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import io.sluice.testing.TestUser;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

class SignInIT {

    private final TestTenant tenant = Tenants.fresh();

    @Test
    void answersTokensAndWhoSignedIn() {
        tenant.login("USER1", TestTenant.PASSWORD)
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals("Cache-Control", "no-store")
                .expectBody()
                .jsonPath("$.tokenType")
                .isEqualTo("Bearer")
                .jsonPath("$.user.id")
                .isEqualTo(tenant.admin().id().toString())
                .jsonPath("$.user.roles[0]")
                .isEqualTo("admin");
    }

    @Test
    void answersAWrongPasswordAnUnknownUserAndAnUnknownTenantAlike() {
        assertBadCredentials(tenant.login("user1", "not the password"));
        assertBadCredentials(tenant.login("nobody", "not the password"));
        assertBadCredentials(login("no-such-tenant", "user1", TestTenant.PASSWORD));
    }

    private static void assertBadCredentials(WebTestClient.ResponseSpec answer) {
        answer.expectStatus()
                .isUnauthorized()
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("bad-credentials")
                .jsonPath("$.detail")
                .isEqualTo("tenant, name or password is wrong");
    }

    @Test
    void locksAKnownNameAfterTenFailuresEvenForTheRightPassword() {
        failTenTimes("user1");

        tenant.login("User1", TestTenant.PASSWORD)
                .expectStatus()
                .isEqualTo(429)
                .expectHeader()
                .exists("Retry-After")
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("locked");
    }

    @Test
    void locksAnUnknownNameAlike() {
        failTenTimes("nobody");

        tenant.login("nobody", "any").expectStatus().isEqualTo(429);
    }

    @Test
    void letsAnAdministratorUnlockAName() {
        TestUser other = tenant.user(Role.VIEWER);
        failTenTimes(other.username());
        tenant.admin()
                .get("/api/users/" + other.id())
                .expectBody()
                .jsonPath("$.status")
                .isEqualTo("LOCKED");

        tenant.admin()
                .post("/api/users/" + other.id() + "/unlock")
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.status")
                .isEqualTo("ACTIVE");

        tenant.login(other.username(), TestTenant.PASSWORD).expectStatus().isOk();
    }

    private void failTenTimes(String username) {
        for (int i = 0; i < 10; i++) {
            tenant.login(username, "not the password").expectStatus().isUnauthorized();
        }
    }

    @Test
    void answersNoMoreThanTenGuessesThatComeAtOnce() {
        var statuses = Flux.range(0, 25)
                .flatMap(
                        _ -> Mono.fromSupplier(() -> statusOf(tenant.login("user1", "not the password")))
                                .subscribeOn(Schedulers.boundedElastic()),
                        25)
                .collectList()
                .block();

        assertThat(statuses).filteredOn(status -> status == 401).hasSize(10);
        assertThat(statuses).filteredOn(status -> status == 429).hasSize(15);
    }

    private static int statusOf(WebTestClient.ResponseSpec answer) {
        return answer.returnResult(String.class).getStatus().value();
    }

    @Test
    void countsFailuresByTheAddressBehindAListedProxy() {
        try (Server proxied =
                Server.another("--sluice.streams.proxies=127.0.0.1", "--sluice.access.address-failures=3")) {
            for (int i = 0; i < 3; i++) {
                guess(proxied, "198.51.100.7").expectStatus().isUnauthorized();
            }

            guess(proxied, "198.51.100.7").expectStatus().isEqualTo(429);
            guess(proxied, "203.0.113.9, 198.51.100.7").expectStatus().isEqualTo(429);
            guess(proxied, "203.0.113.9", "198.51.100.7").expectStatus().isEqualTo(429);
            guess(proxied, "198.51.100.8").expectStatus().isUnauthorized();
        }
    }

    private WebTestClient.ResponseSpec guess(Server server, String... forwarded) {
        return server.client()
                .post()
                .uri("/api/auth/login")
                .header("X-Forwarded-For", forwarded)
                .bodyValue(Map.of("tenant", tenant.slug(), "username", UUID.randomUUID(), "password", "wrong"))
                .exchange();
    }

    @Test
    void givesNewTokensForARefreshToken() {
        Map<?, ?> first = tokens(tenant.login("user1", TestTenant.PASSWORD));

        Map<?, ?> second = tokens(refresh(first));

        assertThat(second.get("refreshToken")).isNotEqualTo(first.get("refreshToken"));
        me(second).expectStatus().isOk();
    }

    @Test
    void endsTheWholeSessionWhenASpentRefreshTokenComesBack() {
        Map<?, ?> first = tokens(tenant.login("user1", TestTenant.PASSWORD));
        Map<?, ?> second = tokens(refresh(first));

        refresh(first).expectStatus().isUnauthorized();

        refresh(second).expectStatus().isUnauthorized();
        me(second).expectStatus().isUnauthorized();
        assertThat(tenant.events())
                .filteredOn(event -> event.type().equals("session.ended"))
                .extracting(Recorded::payload)
                .anyMatch(payload -> payload.contains("\"reason\":\"reuse\"") || payload.contains("\"reuse\""));
    }

    @Test
    void refusesARefreshTokenThatWasChanged() {
        Map<?, ?> first = tokens(tenant.login("user1", TestTenant.PASSWORD));
        String token = (String) Objects.requireNonNull(first.get("refreshToken"));

        refresh(Map.of("refreshToken", (token.charAt(0) == 'B' ? "C" : "B") + token.substring(1)))
                .expectStatus()
                .isUnauthorized();
    }

    @Test
    void endsTheSessionAtLogout() {
        Map<?, ?> tokens = tokens(tenant.login("user1", TestTenant.PASSWORD));

        Server.shared()
                .client()
                .post()
                .uri("/api/auth/logout")
                .header("Authorization", "Bearer " + tokens.get("accessToken"))
                .exchange()
                .expectStatus()
                .isNoContent();

        me(tokens)
                .expectStatus()
                .isUnauthorized()
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("session-ended");
        refresh(tokens).expectStatus().isUnauthorized();
    }

    @Test
    void changesAPasswordAndEndsTheOtherSessions() {
        TestUser other = tenant.user(Role.VIEWER);
        Map<?, ?> elsewhere = tokens(tenant.login(other.username(), TestTenant.PASSWORD));
        Map<String, String> wish =
                Map.of("currentPassword", TestTenant.PASSWORD, "newPassword", "quite another long one");

        other.post("/api/auth/password", wish).expectStatus().isNoContent();

        other.get("/api/me").expectStatus().isOk();
        me(elsewhere).expectStatus().isUnauthorized();
        tenant.login(other.username(), TestTenant.PASSWORD).expectStatus().isUnauthorized();
        tenant.login(other.username(), "quite another long one").expectStatus().isOk();
    }

    @Test
    void answersAPasswordChangeAgainUnderItsKey() {
        TestUser user = tenant.user(Role.VIEWER);

        for (int i = 0; i < 2; i++) {
            changeWithKey(user, "a wholly other phrase")
                    .expectStatus()
                    .isNoContent()
                    .expectHeader()
                    .values(
                            "Idempotency-Replayed",
                            i == 0
                                    ? it -> assertThat(it).isNullOrEmpty()
                                    : it -> assertThat(it).containsExactly("true"));
        }
        changeWithKey(user, "yet another long phrase")
                .expectStatus()
                .isEqualTo(422)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("idempotency-mismatch");
        tenant.login(user.username(), "a wholly other phrase").expectStatus().isOk();
    }

    private static WebTestClient.ResponseSpec changeWithKey(TestUser user, String next) {
        return user.request(HttpMethod.POST, "/api/auth/password")
                .header("Idempotency-Key", "change-1")
                .bodyValue(Map.of("currentPassword", TestTenant.PASSWORD, "newPassword", next))
                .exchange();
    }

    @Test
    void refusesANewPasswordThatIsCommon() {
        tenant.admin()
                .post(
                        "/api/auth/password",
                        Map.of("currentPassword", TestTenant.PASSWORD, "newPassword", "Qwertyuiop123"))
                .expectStatus()
                .isBadRequest()
                .expectBody()
                .jsonPath("$.errors[0].code")
                .isEqualTo("common-password")
                .jsonPath("$.errors[0].field")
                .isEqualTo("newPassword");
    }

    @Test
    void keepsNamesAndAddressesOutOfTheLog() {
        tenant.login("user1", "not the password");

        assertThat(tenant.events())
                .extracting(Recorded::type)
                .contains("tenant.created", "user.created", "session.started", "session.failed");
        assertThat(tenant.events())
                .extracting(Recorded::payload)
                .noneMatch(payload -> payload.contains("user1") || payload.contains("test.example"));
    }

    private static Map<?, ?> tokens(WebTestClient.ResponseSpec answer) {
        return Objects.requireNonNull(answer.expectStatus()
                .isOk()
                .expectBody(Map.class)
                .returnResult()
                .getResponseBody());
    }

    private static WebTestClient.ResponseSpec login(String tenant, String username, String password) {
        return Server.shared()
                .client()
                .post()
                .uri("/api/auth/login")
                .bodyValue(Map.of("tenant", tenant, "username", username, "password", password))
                .exchange();
    }

    private static WebTestClient.ResponseSpec refresh(Map<?, ?> tokens) {
        return Server.shared()
                .client()
                .post()
                .uri("/api/auth/refresh")
                .bodyValue(Map.of("refreshToken", Objects.requireNonNull(tokens.get("refreshToken"))))
                .exchange();
    }

    private static WebTestClient.ResponseSpec me(Map<?, ?> tokens) {
        return Server.shared()
                .client()
                .get()
                .uri("/api/me")
                .header("Authorization", "Bearer " + tokens.get("accessToken"))
                .exchange();
    }
}
