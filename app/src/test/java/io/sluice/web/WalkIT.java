package io.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.Server;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import io.sluice.testing.TestUser;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;

/** Every route, asked by somebody who must not have what is there. */
class WalkIT {

    private final Api api = Api.read();

    @Test
    void answersNobodyWithoutAnIdentity() {
        for (Api.Call call : api.calls()) {
            if (!call.isOpen()) {
                Server.shared()
                        .client()
                        .method(call.method())
                        .uri(call.addressOf(UUID.randomUUID()))
                        .exchange()
                        .expectStatus()
                        .isUnauthorized()
                        .expectHeader()
                        .valueEquals(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
                        .expectBody()
                        .jsonPath("$.code")
                        .isEqualTo("unauthenticated");
            }
        }
    }

    @Test
    void showsAnotherTenantNothingAndLetsItChangeNothing() {
        TestTenant owner = Tenants.fresh();
        TestTenant other = Tenants.fresh();
        List<UUID> things = thingsOf(owner);
        int before = owner.events().size();
        List<String> wrong = new ArrayList<>();

        for (Api.Call call : api.calls()) {
            if (call.hasVariables() && !call.path().endsWith("{position}")) {
                for (UUID id : things) {
                    int status = statusOf(other.admin(), call, id);
                    if (status != 404 && status != 403 && status != 400 && status != 422) {
                        wrong.add(call + " answers " + status);
                    }
                    if (call.method() == HttpMethod.GET && status != 404 && status != 403) {
                        wrong.add(call + " answers " + status);
                    }
                }
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(owner.events()).hasSize(before);
    }

    private static int statusOf(TestUser user, Api.Call call, UUID id) {
        return user.request(call.method(), call.addressOf(id))
                .header(HttpHeaders.IF_MATCH, "\"1\"")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{}")
                .exchange()
                .expectBody()
                .returnResult()
                .getStatus()
                .value();
    }

    private static List<UUID> thingsOf(TestTenant tenant) {
        UUID part = made(tenant, "/api/parts", Map.of("partNumber", "P-1", "description", "Bolt"));
        UUID location = made(tenant, "/api/locations", Map.of("code", "L-1", "name", "Hall"));
        UUID category = made(tenant, "/api/categories", Map.of("code", "C-1", "name", "Screws"));
        UUID movement = made(
                tenant,
                "/api/movements",
                Map.of("locationId", location, "partId", part, "type", "RECEIPT", "quantity", 10));
        return List.of(part, location, category, movement, tenant.admin().id());
    }

    private static UUID made(TestTenant tenant, String path, Object body) {
        return UUID.fromString((String) Objects.requireNonNull(tenant.admin()
                .post(path, body)
                .expectStatus()
                .isCreated()
                .expectBody(Map.class)
                .returnResult()
                .getResponseBody()
                .get("id")));
    }
}
