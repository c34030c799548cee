package io.sluice.web;

import io.sluice.testing.Server;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;

/** Every route, asked by nobody. */
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
}
