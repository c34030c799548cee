package io.sluice.access.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.sluice.access.Grant;
import io.sluice.access.Permission;
import io.sluice.access.Role;
import io.sluice.access.Scope;
import io.sluice.access.TenantAdministration;
import io.sluice.testing.Server;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import io.sluice.testing.TestUser;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.web.reactive.server.WebTestClient;

class RightsIT {

    private final TestTenant tenant = Tenants.fresh();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/me",
                "/api/me/sessions",
                "/api/users",
                "/api/users/01a1fc05-2cc0-7000-97da-376b44f6364c",
                "/api/roles",
                "/api/no-such-route",
                "/metrics"
            })
    void answersNobodyWithoutAnIdentity(String path) {
        Server.shared()
                .client()
                .get()
                .uri(path)
                .exchange()
                .expectStatus()
                .isUnauthorized()
                .expectHeader()
                .valueEquals("WWW-Authenticate", "Bearer")
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("unauthenticated");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/.well-known/jwks.json", "/health"})
    void opensToEverybodyWhatIsOpen(String path) {
        Server.shared().client().get().uri(path).exchange().expectStatus().isOk();
    }

    @ParameterizedTest
    @EnumSource(value = Role.class, names = "OPERATOR", mode = EnumSource.Mode.EXCLUDE)
    void letsExactlyTheRolesOfAPermissionPass(Role role) {
        TestUser user = tenant.user(role);

        int read = Permission.USERS_READ.heldBy(role) ? 200 : 403;
        user.get("/api/users").expectStatus().isEqualTo(read);
        int manage = Permission.USERS_MANAGE.heldBy(role) ? 200 : 403;
        user.post("/api/users/" + user.id() + "/enable").expectStatus().isEqualTo(manage);
    }

    @Test
    void showsTheMatrixThatIsApplied() {
        Map<?, ?> matrix = tenant.user(Role.VIEWER)
                .get("/api/roles")
                .expectStatus()
                .isOk()
                .expectBody(Map.class)
                .returnResult()
                .getResponseBody();

        List<Map<String, Object>> expected = Arrays.stream(Role.values())
                .map(role -> Map.<String, Object>of("role", role.word(), "permissions", permissionsOf(role)))
                .toList();
        assertThat(matrix).isEqualTo(Map.of("roles", expected));
    }

    private static List<String> permissionsOf(Role role) {
        return Arrays.stream(Permission.values())
                .filter(permission -> permission.heldBy(role))
                .map(Permission::word)
                .sorted()
                .toList();
    }

    @Test
    void addsGrantsUpAndIgnoresThoseOutOfTheirTime() {
        Instant now = Instant.now();
        Grant over = timed(Role.ADMIN, null, now.minusSeconds(60));
        Grant later = timed(Role.ADMIN, now.plusSeconds(3600), null);
        TestUser user = tenant.user(Grant.of(Role.WAREHOUSE), Grant.of(Role.AUDITOR), over, later);

        user.get("/api/me").expectBody().jsonPath("$.roles").isEqualTo(List.of("auditor", "warehouse"));
        user.get("/api/users").expectStatus().isOk();
        user.post("/api/users/" + user.id() + "/enable").expectStatus().isForbidden();
    }

    @Test
    void endsAGrantWhenItsTimeIsOver() {
        TestUser user = tenant.user(timed(Role.MANAGER, null, Instant.now().plusMillis(1500)));
        user.get("/api/users").expectStatus().isOk();

        within(
                Duration.ofMillis(3500),
                () -> user.get("/api/users").expectStatus().isForbidden());
    }

    private static Grant timed(
            Role role,
            @org.jspecify.annotations.Nullable Instant from,
            @org.jspecify.annotations.Nullable Instant until) {
        return new Grant(role, Scope.all(), Scope.all(), Scope.all(), Scope.all(), from, until);
    }

    @Test
    void refusesForgedTokens() throws Exception {
        ECKey stranger = new ECKeyGenerator(Curve.P_256)
                .keyID(SignedJWT.parse(tenant.admin().token()).getHeader().getKeyID())
                .generate();
        JWTClaimsSet claims = SignedJWT.parse(tenant.admin().token()).getJWTClaimsSet();
        SignedJWT forged = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .keyID(stranger.getKeyID())
                        .build(),
                claims);
        forged.sign(new ECDSASigner(stranger));

        assertRefused(forged.serialize());
        assertRefused(new PlainJWT(claims).serialize());
        assertRefused("no token at all");
        assertRefused(tenant.admin().token().replaceFirst("\\.[^.]+\\.", ".e30."));
    }

    private static void assertRefused(String token) {
        call("/api/me", token)
                .expectStatus()
                .isUnauthorized()
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("unauthenticated");
    }

    @Test
    void refusesATokenInAUrl() {
        String token = tenant.admin().token();

        Server.shared()
                .client()
                .get()
                .uri("/api/me?access_token=" + token)
                .exchange()
                .expectStatus()
                .isUnauthorized();
        call("/api/me?access_token=" + token, token)
                .expectStatus()
                .isUnauthorized()
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("token-in-url");
    }

    private static WebTestClient.ResponseSpec call(String path, String token) {
        return Server.shared()
                .client()
                .get()
                .uri(path)
                .headers(headers -> headers.setBearerAuth(token))
                .exchange();
    }

    @Test
    void endsASessionForItsOwnerAndForAnAdministratorOnly() {
        TestUser user = tenant.user(Role.MANAGER);
        TestUser other = tenant.user(Role.MANAGER);
        String session = sessionOf(user);

        other.delete("/api/sessions/" + session).expectStatus().isNotFound();
        other.delete("/api/sessions/" + UUID.randomUUID()).expectStatus().isNotFound();
        user.get("/api/me").expectStatus().isOk();
        tenant.admin().delete("/api/sessions/" + session).expectStatus().isNoContent();

        user.get("/api/me")
                .expectStatus()
                .isUnauthorized()
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("session-ended");
    }

    private static String sessionOf(TestUser user) {
        return (String) user.get("/api/me")
                .expectBody(Map.class)
                .returnResult()
                .getResponseBody()
                .get("sessionId");
    }

    @Test
    void stopsEverybodyOfASuspendedTenant() {
        tenant.inside(Server.shared().bean(TenantAdministration.class).suspend(tenant.id()));

        tenant.admin()
                .get("/api/me")
                .expectStatus()
                .isUnauthorized()
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("tenant-suspended");
        tenant.login("user1", TestTenant.PASSWORD).expectStatus().isForbidden();
        tenant.login("user1", "not the password").expectStatus().isUnauthorized();

        tenant.inside(Server.shared().bean(TenantAdministration.class).resume(tenant.id()));

        tenant.admin().get("/api/me").expectStatus().isOk();
    }

    private static void within(Duration limit, Runnable assertion) {
        org.awaitility.Awaitility.await().atMost(limit).untilAsserted(assertion::run);
    }
}
