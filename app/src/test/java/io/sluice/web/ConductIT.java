package io.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.access.Role;
import io.sluice.testing.Server;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;

class ConductIT {

    private final TestTenant tenant = Tenants.fresh();

    @Test
    void sendsSecurityHeadersWithEveryAnswer() {
        for (String path : List.of("/api/me", "/api/nowhere", "/health/live")) {
            tenant.admin()
                    .get(path)
                    .expectHeader()
                    .valueMatches("Strict-Transport-Security", "max-age=31536000.*")
                    .expectHeader()
                    .valueEquals("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
                    .expectHeader()
                    .valueEquals("X-Content-Type-Options", "nosniff")
                    .expectHeader()
                    .valueEquals("Referrer-Policy", "no-referrer")
                    .expectHeader()
                    .valueEquals("X-Frame-Options", "DENY")
                    .expectHeader()
                    .exists("X-Request-Id")
                    .expectHeader()
                    .exists("X-Trace-Id")
                    .expectHeader()
                    .value(HttpHeaders.CACHE_CONTROL, it -> assertThat(it).doesNotContain("public"));
        }
    }

    @Test
    void continuesTheTraceOfTheCaller() {
        tenant.admin()
                .request(HttpMethod.GET, "/api/me")
                .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
                .exchange()
                .expectHeader()
                .valueEquals("X-Trace-Id", "4bf92f3577b34da6a3ce929d0e0e4736");
    }

    @Test
    void refusesAnOriginThatIsNotListedForHttpAndStreamsAlike() {
        for (String path : List.of("/api/me", "/api/streams", "/health")) {
            with("Origin", "https://evil.example", path)
                    .expectStatus()
                    .isForbidden()
                    .expectHeader()
                    .doesNotExist("Access-Control-Allow-Origin")
                    .expectBody()
                    .jsonPath("$.code")
                    .isEqualTo("origin");
        }
    }

    @Test
    void refusesAPreflightOfAnUnlistedOrigin() {
        Server.shared()
                .client()
                .options()
                .uri("/api/parts")
                .header("Origin", "https://evil.example")
                .header("Access-Control-Request-Method", "POST")
                .exchange()
                .expectStatus()
                .isForbidden();
    }

    @Test
    void admitsAPageOfItsOwn() {
        String own = "http://localhost:" + Server.shared().port();

        with("Origin", own, "/api/me")
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals("Access-Control-Allow-Origin", own)
                .expectHeader()
                .doesNotExist("Access-Control-Allow-Credentials");
    }

    @Test
    void answersAPreflight() {
        Server.shared()
                .client()
                .options()
                .uri("/api/parts")
                .header("Origin", "http://localhost:" + Server.shared().port())
                .header("Access-Control-Request-Method", "PATCH")
                .exchange()
                .expectStatus()
                .isNoContent()
                .expectHeader()
                .value("Access-Control-Allow-Methods", it -> assertThat(it).contains("PATCH"))
                .expectHeader()
                .value("Access-Control-Allow-Headers", it -> assertThat(it).contains("If-Match", "Idempotency-Key"));
    }

    @Test
    void speaksTheVersionThatIsAskedFor() {
        with("API-Version", "1", "/api/me").expectStatus().isOk().expectHeader().valueEquals("API-Version", "1");
        with("API-Version", "2", "/api/me")
                .expectStatus()
                .isBadRequest()
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("unsupported-version");
    }

    @Test
    void waitsForThePositionThatAReadAsksFor() {
        String position = Objects.requireNonNull(tenant.admin()
                .post("/api/parts", Map.of("partNumber", "P-1", "description", "Bolt"))
                .expectStatus()
                .isCreated()
                .returnResult(Void.class)
                .getResponseHeaders()
                .getFirst("Sluice-Position"));

        with("Sluice-Min-Position", position, "/api/parts").expectStatus().isOk();
        with("Sluice-Min-Position", "999999999", "/api/parts")
                .expectStatus()
                .isEqualTo(503)
                .expectHeader()
                .exists("Retry-After")
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("position-not-reached");
        for (String malformed : List.of("-1", "x", "1.5")) {
            with("Sluice-Min-Position", malformed, "/api/parts")
                    .expectStatus()
                    .isBadRequest()
                    .expectBody()
                    .jsonPath("$.errors[0].field")
                    .isEqualTo("Sluice-Min-Position");
        }
    }

    @Test
    void refusesWhatTheRouteDoesNotSpeak() {
        with("Accept", "text/html", "/api/me")
                .expectStatus()
                .isEqualTo(406)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("not-acceptable");
        tenant.admin()
                .delete("/api/parts")
                .expectStatus()
                .isEqualTo(405)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("method-not-allowed");
        tenant.admin()
                .get("/api/me?page=1")
                .expectStatus()
                .isBadRequest()
                .expectBody()
                .jsonPath("$.errors[0].field")
                .isEqualTo("page");
        tenant.admin()
                .get("/api/parts/17")
                .expectStatus()
                .isBadRequest()
                .expectBody()
                .jsonPath("$.errors[0].field")
                .isEqualTo("id");
    }

    @Test
    void answersInAFormThatTheCallerAcceptsOrRefuses() {
        for (String accepted : List.of(
                "text/event-stream",
                "application/x-ndjson",
                "application/json;q=0",
                "application/json;q=0, */*",
                "application/xml",
                "json",
                "garbage/",
                ";")) {
            with("Accept", accepted, "/api/me")
                    .expectStatus()
                    .isEqualTo(406)
                    .expectHeader()
                    .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                    .expectBody()
                    .jsonPath("$.code")
                    .isEqualTo("not-acceptable");
        }
        for (String accepted : List.of("text/event-stream", "json", "text/html")) {
            with("Accept", accepted, "/api/parts").expectStatus().isEqualTo(406);
        }
        for (String accepted : List.of("*/*", "application/*", "text/html, */*;q=0.1", "application/json;q=0.1")) {
            with("Accept", accepted, "/api/me").expectStatus().isOk();
            with("Accept", accepted, "/api/parts")
                    .expectStatus()
                    .isOk()
                    .expectHeader()
                    .contentType(MediaType.APPLICATION_JSON);
        }
        with("Accept", "application/json, application/x-ndjson;q=0.1", "/api/parts")
                .expectHeader()
                .contentType(MediaType.APPLICATION_JSON);
        with("Accept", "application/x-ndjson", "/api/parts").expectHeader().contentType(MediaType.APPLICATION_NDJSON);
        with("Accept", "text/csv", "/api/imports/" + UUID.randomUUID() + "/rejects")
                .expectStatus()
                .isNotFound();
    }

    @Test
    void readsPlainJsonOnly() {
        Map<String, String> sent = Map.of("partNumber", "P-9", "description", "Bolt");
        for (String type : List.of("application/jsonx", "application/json-patch+json", "text/json", "text/plain")) {
            tenant.admin()
                    .request(HttpMethod.POST, "/api/parts")
                    .header("Content-Type", type)
                    .bodyValue(Json.bytes(sent))
                    .exchange()
                    .expectStatus()
                    .isEqualTo(415);
        }
        tenant.admin()
                .request(HttpMethod.POST, "/api/parts")
                .contentType(MediaType.APPLICATION_JSON)
                .header("Content-Encoding", "gzip")
                .bodyValue(Json.bytes(sent))
                .exchange()
                .expectStatus()
                .isEqualTo(415)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("unsupported-media-type");
        tenant.admin()
                .request(HttpMethod.POST, "/api/parts")
                .header("Content-Type", "Application/JSON; charset=utf-8")
                .bodyValue(Json.bytes(sent))
                .exchange()
                .expectStatus()
                .isCreated();
    }

    @Test
    void knowsACursorByItsTenant() {
        made("P-10");
        made("P-11");
        TestTenant other = Tenants.fresh();

        for (String list : List.of("/api/parts", "/api/users")) {
            tenant.user(Role.VIEWER);
            String next = (String) Objects.requireNonNull(tenant.admin()
                            .get(list + "?limit=1")
                            .expectBody(Map.class)
                            .returnResult()
                            .getResponseBody())
                    .get("next");
            tenant.admin().get(list + "?limit=1&cursor=" + next).expectStatus().isOk();
            other.admin()
                    .get(list + "?limit=1&cursor=" + next)
                    .expectStatus()
                    .isBadRequest()
                    .expectBody()
                    .jsonPath("$.errors[0].code")
                    .isEqualTo("invalid-cursor");
        }
    }

    @Test
    void compressesAsTheClientPrefers() throws Exception {
        String plain = text(roles("identity").body());

        assertThat(text(new GZIPInputStream(packed("gzip")).readAllBytes())).isEqualTo(plain);
        assertThat(text(new InflaterInputStream(packed("gzip;q=0, deflate")).readAllBytes()))
                .isEqualTo(plain);
        assertThat(encoding("br, gzip")).isEqualTo("br");
        assertThat(encoding("br;q=0.5, gzip;q=0.8")).isEqualTo("gzip");
        assertThat(encoding("*")).isEqualTo("br");
        assertThat(encoding("*;q=0")).isEqualTo("none");
        assertThat(encoding("identity, gzip;q=0.5")).isEqualTo("none");
        assertThat(encoding("nonsense")).isEqualTo("none");
    }

    @Test
    void saysHowItCompressed() throws Exception {
        var headers = roles("gzip").headers();

        assertThat(headers.firstValue("X-Compression")).hasValue("gzip");
        assertThat(headers.firstValue("X-Original-Size"))
                .hasValue(Integer.toString(roles("identity").body().length));
        assertThat(headers.firstValue("X-Response-Time")).get().asString().matches("\\d+ms");
        assertThat(headers.firstValue("Vary")).get().asString().contains("Accept-Encoding");
    }

    @Test
    void leavesPlainWhatIsSmallOrAnErrorOrAnException() {
        for (String path : List.of("/api/me", "/api/nowhere", "/health", "/status", "/metrics")) {
            with("Accept-Encoding", "gzip", path).expectHeader().doesNotExist("Content-Encoding");
        }
        tenant.admin()
                .request(HttpMethod.GET, "/api/roles")
                .header("Accept-Encoding", "gzip")
                .header("X-No-Compression", "1")
                .exchange()
                .expectHeader()
                .doesNotExist("Content-Encoding");
    }

    /** With a client that unpacks nothing by itself. */
    private HttpResponse<byte[]> roles(String accepted) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + Server.shared().port() + "/api/roles"))
                .header("Authorization", "Bearer " + tenant.admin().token())
                .header("Accept-Encoding", accepted)
                .build();
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        }
    }

    private ByteArrayInputStream packed(String accepted) throws IOException, InterruptedException {
        return new ByteArrayInputStream(roles(accepted).body());
    }

    private String encoding(String accepted) throws IOException, InterruptedException {
        return roles(accepted).headers().firstValue("Content-Encoding").orElse("none");
    }

    private static String text(byte[] bytes) {
        return new String(Objects.requireNonNull(bytes), StandardCharsets.UTF_8);
    }

    private WebTestClient.ResponseSpec with(String header, String value, String path) {
        return tenant.admin()
                .request(HttpMethod.GET, path)
                .header(header, value)
                .exchange();
    }

    @Test
    void answersNotModifiedForAnEtagThatIsStillTrue() {
        String part = made("P-2");
        String etag = Objects.requireNonNull(tenant.admin()
                .get(part)
                .expectStatus()
                .isOk()
                .returnResult(Void.class)
                .getResponseHeaders()
                .getFirst("ETag"));

        with("If-None-Match", etag, part).expectStatus().isNotModified();
        with("If-None-Match", "\"77\"", part).expectStatus().isOk();
    }

    @Test
    void changesOnlyTheVersionThatWasRead() {
        String part = made("P-3");

        tenant.admin()
                .request(HttpMethod.PATCH, part)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(Map.of("description", "Nut"))
                .exchange()
                .expectStatus()
                .isEqualTo(428);
        tenant.admin()
                .patch(part, 7, Map.of("description", "Nut"))
                .expectStatus()
                .isEqualTo(412)
                .expectBody()
                .jsonPath("$.currentVersion")
                .isEqualTo(1);
        List<Integer> both = Flux.range(0, 2)
                .flatMap(i -> reactor.core.publisher.Mono.fromCallable(() -> tenant.admin()
                                .patch(part, 1, Map.of("description", "Nut " + i))
                                .returnResult(Void.class)
                                .getStatus()
                                .value())
                        .subscribeOn(reactor.core.scheduler.Schedulers.boundedElastic()))
                .collectSortedList()
                .block();
        assertThat(both).containsExactly(200, 412);
    }

    @Test
    void givesTheFirstAnswerToAKeyAgainWithOneEffect() {
        Map<String, Object> wish = Map.of("partNumber", "P-4", "description", "Bolt");
        String key = UUID.randomUUID().toString();

        List<String> bodies = IntStream.range(0, 8)
                .parallel()
                .mapToObj(_ -> text(post(key, wish)
                        .expectStatus()
                        .isCreated()
                        .expectBody()
                        .returnResult()
                        .getResponseBodyContent()))
                .distinct()
                .toList();

        assertThat(bodies).hasSize(1);
        assertThat(tenant.events().stream().filter(it -> it.type().equals("part.created")))
                .hasSize(1);
        post(key, wish).expectHeader().valueEquals("Idempotency-Replayed", "true");
        Map<String, Object> other = new HashMap<>(wish);
        other.put("description", "Another");
        post(key, other)
                .expectStatus()
                .isEqualTo(422)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("idempotency-mismatch");
    }

    private WebTestClient.ResponseSpec post(String key, Map<String, Object> wish) {
        return tenant.admin()
                .request(HttpMethod.POST, "/api/parts")
                .header("Idempotency-Key", key)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(wish)
                .exchange();
    }

    private String made(String number) {
        return Objects.requireNonNull(tenant.admin()
                .post("/api/parts", Map.of("partNumber", number, "description", "Bolt"))
                .expectStatus()
                .isCreated()
                .returnResult(Void.class)
                .getResponseHeaders()
                .getFirst("Location"));
    }

    @Test
    void showsHowTheNodeIsDoingToWhomItConcerns() {
        Server.shared()
                .client()
                .get()
                .uri("/health")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.status")
                .isEqualTo("OK")
                .jsonPath("$.components.database")
                .isEqualTo("OK");
        Server.shared()
                .client()
                .get()
                .uri("/health/ready")
                .exchange()
                .expectStatus()
                .isOk();
        for (String path : List.of("/status", "/metrics", "/api/ops/pools")) {
            tenant.user(Role.VIEWER).get(path).expectStatus().isForbidden();
        }
        tenant.admin()
                .get("/api/ops/pools")
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.pools.ops.maximum")
                .isEqualTo(2)
                .jsonPath("$.database.total")
                .isNumber();
        tenant.admin()
                .get("/status")
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.streams.maximum")
                .isEqualTo(10000);
    }

    @Test
    void countsRequestsByRouteNotByPath() {
        tenant.admin().get("/api/parts/" + UUID.randomUUID()).expectStatus().isNotFound();

        String metrics = text(tenant.admin()
                .get("/metrics")
                .expectStatus()
                .isOk()
                .expectBody()
                .returnResult()
                .getResponseBodyContent());

        assertThat(metrics)
                .contains("sluice_http_seconds_count{method=\"GET\",route=\"/api/parts/{id}\",status=\"404\"}")
                .contains("sluice_slo_total{good=\"true\",slo=\"availability\"}")
                .contains("sluice_db_pool{pool=\"ops\"");
    }

    /** The second waits for the first and is refused the moment it is looked at: reading must go on after that. */
    @Test
    void answersEveryRequestOfAConnectionThatIsKeptAlive() throws IOException {
        try (var socket = new Socket("localhost", Server.shared().port())) {
            socket.setSoTimeout(5_000);
            send(socket, bare("/api/parts") + bare("/api/parts/" + "1".repeat(300)));
            assertThat(statusesOf(socket, 2)).containsExactly("200", "400");

            send(socket, bare("/api/me"));
            assertThat(statusesOf(socket, 1)).containsExactly("200");
        }
    }

    private String bare(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + tenant.admin().token() + "\r\n\r\n";
    }

    private static void send(Socket socket, String requests) throws IOException {
        socket.getOutputStream().write(requests.getBytes(StandardCharsets.UTF_8));
    }

    /** Of so many answers, all read to their end. */
    private static List<String> statusesOf(Socket socket, int answers) throws IOException {
        List<String> statuses = new ArrayList<>();
        for (int i = 0; i < answers; i++) {
            String head = headOf(socket);
            statuses.add(head.split(" ")[1]);
            var length = Pattern.compile("(?i)content-length: (\\d+)").matcher(head);
            assertThat(length.find()).as(head).isTrue();
            socket.getInputStream().readNBytes(Integer.parseInt(length.group(1)));
        }
        return statuses;
    }

    private static String headOf(Socket socket) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = socket.getInputStream().read();
            assertThat(next).as("the connection is open after %s", head).isNotNegative();
            head.append((char) next);
        }
        return head.toString();
    }
}
