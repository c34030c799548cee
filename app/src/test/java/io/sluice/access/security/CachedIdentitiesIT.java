package io.sluice.access.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.access.Principal;
import io.sluice.access.Role;
import io.sluice.postgres.Database;
import io.sluice.postgres.PoolName;
import io.sluice.testing.Server;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import io.sluice.testing.TestUser;
import io.sluice.web.Identities;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class CachedIdentitiesIT {

    private final TestTenant tenant = Tenants.fresh();
    private final TestUser user = tenant.user(Role.MANAGER);
    private final Identities identities = Server.shared().bean(Identities.class);

    @Test
    void answersAKnownTokenWithTheSamePrincipal() {
        Principal first = principal();

        Principal second = principal();

        assertThat(second).isSameAs(first);
    }

    private Principal principal() {
        return tenant.inside(identities.require(user.token()));
    }

    @Test
    void renewsAPrincipalToItselfWhileNothingChanges() {
        Principal principal = principal();

        identities
                .renew(principal)
                .as(StepVerifier::create)
                .expectNextMatches(it -> it == principal)
                .verifyComplete();
    }

    @Test
    void renewsAPrincipalToItsPresentRights() {
        Principal principal = principal();
        tenant.admin()
                .put("/api/users/" + user.id() + "/grants", 1, Map.of("grants", List.of(Map.of("role", "viewer"))))
                .expectStatus()
                .isOk();

        identities
                .renew(principal)
                .map(Principal::roles)
                .as(StepVerifier::create)
                .expectNextMatches(roles -> roles.contains(Role.VIEWER) && !roles.contains(Role.MANAGER))
                .verifyComplete();
    }

    @Test
    void refusesToRenewThePrincipalOfADisabledUser() {
        Principal principal = principal();
        tenant.admin()
                .post("/api/users/" + user.id() + "/disable")
                .expectStatus()
                .isOk();

        identities.renew(principal).as(StepVerifier::create).verifyErrorMatches(CachedIdentitiesIT::isEnded);
    }

    private static boolean isEnded(Throwable error) {
        return error instanceof io.sluice.shared.Problem problem
                && problem.code().equals("session-ended");
    }

    /** As another node does it: this one is told nothing. */
    @Test
    void learnsWithinTwoSecondsWhatHappenedElsewhere() {
        user.get("/api/users").expectStatus().isOk();
        update("DELETE FROM role_grant WHERE tenant_id = $1 AND account_id = $2");

        Awaitility.await()
                .atMost(Duration.ofMillis(2_300))
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> user.get("/api/users").expectStatus().isForbidden());

        update("UPDATE session SET ended_at = now() WHERE tenant_id = $1 AND account_id = $2");

        Awaitility.await()
                .atMost(Duration.ofMillis(2_300))
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> user.get("/api/me").expectStatus().isUnauthorized());
    }

    private void update(String sql) {
        Mono<Long> work = Server.shared()
                .bean(Database.class)
                .write(
                        PoolName.COMMANDS,
                        session -> session.update(sql, tenant.id().value(), user.id()));
        tenant.inside(work);
    }
}
