package io.sluice.access.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import io.sluice.access.Role;
import io.sluice.testing.Server;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import io.sluice.testing.TestUser;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

class TicketsIT {

    private final TestTenant tenant = Tenants.fresh();
    private final TestUser user = tenant.user(Role.MANAGER);

    @Test
    void opensAStreamOnceInTheNameOfItsOwner() {
        String ticket = ticketOf(user);

        String ready = firstLine(stream(ticket).expectStatus().isOk());

        assertThat(ready)
                .contains("\"ready\"", user.id().toString(), tenant.id().toString());
        assertRefused(stream(ticket), "ticket-spent");
    }

    @Test
    void opensOneStreamHoweverManyUseItAtOnceOnWhicheverNode() {
        String ticket = ticketOf(user);
        try (Server other = Server.another()) {
            List<HttpStatusCode> answers = IntStream.range(0, 8)
                    .parallel()
                    .mapToObj(i -> stream(i % 2 == 0 ? Server.shared() : other, ticket)
                            .returnResult(String.class)
                            .getStatus())
                    .toList();

            assertThat(answers.stream().filter(HttpStatusCode::is2xxSuccessful)).hasSize(1);
            assertThat(answers.stream().filter(it -> it.value() == 401)).hasSize(7);
        }
    }

    @Test
    void keepsTheStreamForTheLifeOfTheTokenNotOfTheTicket() throws Exception {
        String ticket = ticketOf(user);

        Instant end =
                SignedJWT.parse(ticket).getJWTClaimsSet().getExpirationTime().toInstant();
        String ready = firstLine(stream(ticket).expectStatus().isOk());

        assertThat(end).isBeforeOrEqualTo(Instant.now().plus(Duration.ofSeconds(30)));
        Instant token = SignedJWT.parse(user.token())
                .getJWTClaimsSet()
                .getExpirationTime()
                .toInstant();
        assertThat(ready).contains("\"expiresAt\":\"" + token + "\"");
    }

    @Test
    void standsForATokenOnStreamsOnlyAndATokenNeverForIt() {
        String ticket = ticketOf(user);

        call("/api/me?ticket=" + ticket).expectStatus().isUnauthorized();
        Server.shared()
                .client()
                .get()
                .uri("/api/me")
                .headers(headers -> headers.setBearerAuth(ticket))
                .exchange()
                .expectStatus()
                .isUnauthorized();
        assertRefused(stream(user.token()), "unauthenticated");
        assertRefused(stream("no ticket at all"), "unauthenticated");
        stream(ticket).expectStatus().isOk();
    }

    @Test
    void opensNothingForWhoMayNotActAnyMore() {
        String ticket = ticketOf(user);

        tenant.admin()
                .post("/api/users/" + user.id() + "/disable")
                .expectStatus()
                .isOk();

        stream(ticket).expectStatus().isUnauthorized();
    }

    private static String ticketOf(TestUser user) {
        return (String) Objects.requireNonNull(user.post("/api/auth/tickets")
                        .expectStatus()
                        .isOk()
                        .expectBody(Map.class)
                        .returnResult()
                        .getResponseBody())
                .get("ticket");
    }

    private static WebTestClient.ResponseSpec stream(String ticket) {
        return stream(Server.shared(), ticket);
    }

    private static WebTestClient.ResponseSpec stream(Server server, String ticket) {
        return server.client()
                .get()
                .uri("/api/streams?topics=stock&ticket={ticket}", ticket)
                .accept(MediaType.APPLICATION_NDJSON)
                .exchange();
    }

    private static WebTestClient.ResponseSpec call(String path) {
        return Server.shared().client().get().uri(path).exchange();
    }

    private static void assertRefused(WebTestClient.ResponseSpec answer, String code) {
        answer.expectStatus().isUnauthorized().expectBody().jsonPath("$.code").isEqualTo(code);
    }

    private static String firstLine(WebTestClient.ResponseSpec answer) {
        return Objects.requireNonNull(
                answer.returnResult(String.class).getResponseBody().blockFirst(Duration.ofSeconds(10)));
    }
}
