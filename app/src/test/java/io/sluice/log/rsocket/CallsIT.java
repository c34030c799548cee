package io.sluice.log.rsocket;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.rsocket.Payload;
import io.sluice.access.Role;
import io.sluice.load.Site;
import io.sluice.log.Recorded;
import io.sluice.postgres.DatabaseFigures;
import io.sluice.testing.Owner;
import io.sluice.testing.Server;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import io.sluice.testing.TestUser;
import io.sluice.web.Incidents;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import tools.jackson.databind.JsonNode;

/** HTTP's routes by their RSocket names. */
class CallsIT {

    private final Server server = Server.shared();
    private final TestTenant tenant = Tenants.fresh();
    private final TestUser admin = tenant.admin();

    private Link link(TestUser user) {
        return Link.to(server, user.token());
    }

    @Test
    void namesEveryRoute() {
        var table = server.bean(Rpc.class).table();
        var mappings = server.bean(RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .keySet();

        List<String> routes = mappings.stream()
                .flatMap(mapping -> mapping.getPatternsCondition().getPatterns().stream()
                        .flatMap(pattern -> mapping.getMethodsCondition().getMethods().stream()
                                .map(method -> method + " " + pattern)))
                .filter(route -> route.contains(" /api/") && !route.endsWith(" /api/streams"))
                .toList();

        assertThat(routes).isNotEmpty().allMatch(route -> table.find(route).isPresent());
        assertThat(routes).allMatch(route -> table.all().entrySet().stream()
                .anyMatch(it ->
                        it.getValue().toString().equals(route) && !it.getKey().contains(" ")));
    }

    /** Each is cancelled at another moment of its way: on the wire, in the queue for a connection, in its query. */
    @Test
    void leavesNoConnectionAndNoQueryBehindTwentyThousandCancelledRequests() {
        Link.rows(server, admin.token(), 5);
        var figures = server.bean(DatabaseFigures.class);
        long before = figures.pools().get("reads").acquired();
        var random = new Random(7);
        Map<SignalType, Long> ends;
        try (Link link = link(admin)) {
            ends = Objects.requireNonNull(Flux.range(0, CANCELLED / AHEAD)
                    .concatMap(_ -> Flux.range(0, AHEAD)
                            .flatMap(_ -> endOf(link, Duration.ofNanos(random.nextInt(5_000_000))), AT_ONCE)
                            .concatWith(link.calling("me.list", "{}")
                                    .map(Payload::release)
                                    .then(Mono.empty())))
                    .collect(Collectors.groupingBy(end -> end, Collectors.counting()))
                    .block(Duration.ofMinutes(2)));
        }
        assertThat(ends.getOrDefault(SignalType.CANCEL, 0L))
                .as("cancelled of %s", ends)
                .isGreaterThan(CANCELLED / 2);
        assertThat(ends).as("none is refused").doesNotContainKey(SignalType.ON_ERROR);
        long given = figures.pools().get("reads").acquired() - before;
        assertThat(given - ends.getOrDefault(SignalType.ON_COMPLETE, 0L))
                .as("cancelled with a connection, of %s", ends)
                .isGreaterThan(CANCELLED / 100);
        Link.await("all connections to come back", LONG_PATIENCE, () -> figures.pools().values().stream()
                .allMatch(pool -> pool.inUse() == 0 && pool.waiting() == 0));
        Link.await("all queries to end", LONG_PATIENCE, () -> Owner.count("""
                        SELECT count(*) FROM pg_stat_activity
                        WHERE application_name LIKE 'sluice-%' AND state <> 'idle'
                        """) == 0);
        try (Link link = link(admin)) {
            assertThat(link.call("stock.list", "{\"limit\":200}").path("items")).hasSize(5);
        }
    }

    /** How a call ended that was cancelled after so long: with its answer, a failure, or in its midst. */
    private static Mono<SignalType> endOf(Link link, Duration patience) {
        return link.calling("stock.list", "{\"limit\":200}")
                .map(Payload::release)
                .thenReturn(SignalType.ON_COMPLETE)
                .onErrorReturn(SignalType.ON_ERROR)
                .timeout(patience, Mono.just(SignalType.CANCEL));
    }

    /** A client that only cancels runs ahead of the server: it waits for an answer after so many. */
    private static final int AHEAD = 1_000;

    private static final int CANCELLED = 20_000;
    private static final int AT_ONCE = 64;
    private static final Duration LONG_PATIENCE = Duration.ofSeconds(60);

    @ParameterizedTest
    @CsvSource({
        "parts.list, /api/parts", "locations.list, /api/locations", "users.list, /api/users", "roles.list, /api/roles",
        "stock.list, /api/stock", "movements.list, /api/movements", "categories.tree, /api/categories/tree",
                "me.list, /api/me",
        "events.list, /api/events?order=desc&limit=3", "log.head, /api/log/head"
    })
    void answersLikeHttp(String route, String path) {
        Link.rows(server, admin.token(), 2);
        try (Link link = link(admin)) {
            String fields = path.contains("?") ? "{\"order\":\"desc\",\"limit\":3}" : "{}";
            var http = admin.get(path).expectBody(String.class).returnResult();

            Payload answer = Objects.requireNonNull(link.calling(route, fields).block(Duration.ofSeconds(10)));

            assertThat(http.getStatus().value()).isEqualTo(200);
            assertThat(Link.JSON.readTree(answer.getDataUtf8()).propertyNames())
                    .containsExactlyInAnyOrderElementsOf(Link.JSON
                            .readTree(Objects.requireNonNull(http.getResponseBody()))
                            .propertyNames());
            assertThat(answer.getMetadataUtf8()).contains("\"status\":200");
        }
    }

    @Test
    void carriesProblemsVersionsAndKeysLikeHttp() {
        try (Link link = link(admin)) {
            String part =
                    "{\"partNumber\":\"P-1\",\"description\":\"Bolt\",\"baseUnit\":\"EA\",\"price\":1,\"currency\":\"EUR\"}";
            String key = "{\"Idempotency-Key\":\"once\"}";

            Payload first = Objects.requireNonNull(link.socket()
                    .requestResponse(Link.payload("parts.create", part, key))
                    .block());
            Payload second = Objects.requireNonNull(link.socket()
                    .requestResponse(Link.payload("parts.create", part, key))
                    .block());

            String id = Link.JSON.readTree(first.getDataUtf8()).path("id").asString();
            assertThat(second.getDataUtf8()).isEqualTo(first.getDataUtf8());
            assertThat(second.getMetadataUtf8()).contains("Idempotency-Replayed");
            assertThat(first.getMetadataUtf8()).contains("\"status\":201", "Sluice-Position");
            Payload got = Objects.requireNonNull(
                    link.calling("parts.get", "{\"id\":\"" + id + "\"}").block());
            assertThat(got.getMetadataUtf8()).contains("ETag");

            same(
                    link,
                    "parts.get",
                    Map.of("id", UUID.randomUUID().toString()),
                    HttpMethod.GET,
                    "/api/parts/" + UUID.randomUUID(),
                    Map.of());
            same(link, "parts.create", Map.of("partNumber", 7), HttpMethod.POST, "/api/parts", Map.of("partNumber", 7));
            same(
                    link,
                    "parts.change",
                    Map.of("id", id, "description", "x"),
                    HttpMethod.PATCH,
                    "/api/parts/" + id,
                    Map.of("description", "x"));
            same(
                    link,
                    "movements.post",
                    Map.of("type", "ISSUE"),
                    HttpMethod.POST,
                    "/api/movements",
                    Map.of("type", "ISSUE"));
            assertThat(link.refused("parts.change", "{\"id\":\"" + id + "\",\"version\":9,\"description\":\"x\"}")
                            .path("status")
                            .asInt())
                    .isEqualTo(412);
            assertThat(link.call("parts.change", "{\"id\":\"" + id + "\",\"version\":1,\"description\":\"x\"}")
                            .path("version")
                            .asInt())
                    .isEqualTo(2);
        }
        try (Link link = link(tenant.user(Role.VIEWER))) {
            assertThat(link.refused("users.list", "{}").path("code").asString()).isEqualTo("forbidden");
        }
    }

    private void same(
            Link link, String route, Map<String, Object> fields, HttpMethod method, String path, Object body) {
        EntityExchangeResult<String> http = (method == HttpMethod.GET
                        ? admin.get(path)
                        : admin.request(method, path).bodyValue(body).exchange())
                .expectBody(String.class)
                .returnResult();
        JsonNode expected = Link.JSON.readTree(Objects.requireNonNull(http.getResponseBody()));
        JsonNode problem = link.refused(route, Link.JSON.writeValueAsString(fields));
        assertThat(problem.path("code").asString())
                .isEqualTo(expected.path("code").asString());
        assertThat(problem.path("status")).isEqualTo(expected.path("status"));
        assertThat(problem.path("errors")).isEqualTo(expected.path("errors"));
    }

    @Test
    void wantsALocationForStock() {
        Site.Row row = Link.rows(server, admin.token(), 1).getFirst();
        try (Link link = link(admin)) {
            assertThat(link.refused("stock.query", "{}").path("code").asString())
                    .isEqualTo("invalid-request");
            JsonNode answer = link.call("stock.query", "{\"locationId\":\"" + row.locationId() + "\"}");
            assertThat(answer.path("items")).hasSize(1);
        }
    }

    @Test
    void leavesOneEntryInTheAuditForALiveQueryAndNoneForAnother() {
        Site.Row row = Link.rows(server, admin.token(), 1).getFirst();
        UUID category = UUID.randomUUID();
        String query = "{\"locationId\":\"" + row.locationId() + "\",\"partId\":\"" + row.partId()
                + "\",\"categoryId\":\"" + category + "\"}";
        try (Link link = link(admin)) {
            link.call("stock.query", query);
            link.refused("stock.query", "{}");
            link.refused("stock.query", "{\"locationId\":\"" + UUID.randomUUID() + "\"}");
        }
        admin.request(HttpMethod.GET, "/api/stock?locationId=" + row.locationId())
                .header("Sluice-Connection", UUID.randomUUID().toString())
                .exchange()
                .expectStatus()
                .isOk();

        List<Recorded> entries = tenant.events().stream()
                .filter(event -> event.type().equals("stock.queried"))
                .toList();
        assertThat(entries).hasSize(1);
        JsonNode payload = Link.JSON.readTree(entries.getFirst().payload());
        JsonNode cause = Link.JSON.readTree(entries.getFirst().cause());
        assertThat(payload.path("accountId").asString()).isEqualTo(admin.id().toString());
        assertThat(payload.path("locationId").asString()).isEqualTo(row.locationId());
        assertThat(payload.path("partId").asString()).isEqualTo(row.partId());
        assertThat(payload.path("categoryId").asString()).isEqualTo(category.toString());
        assertThat(payload.path("connectionId").asString())
                .isEqualTo(cause.path("connectionId").asString())
                .hasSize(36);
        assertThat(entries.getFirst().topics()).containsExactly("system");
    }

    @Test
    void saysPreciselyWhatIsWrongWithARequest() {
        try (Link link = link(admin)) {
            assertThat(link.refused("dragons.list", "{}").path("status").asInt())
                    .isEqualTo(404);
            assertThat(link.refused("parts.get", "{}").path("code").asString()).isEqualTo("invalid-request");
            assertThat(link.refused("parts.list", "{").path("code").asString()).isEqualTo("malformed-json");
            assertThat(link.refused("parts.list", "{\"limit\":100000}")
                            .path("status")
                            .asInt())
                    .isEqualTo(400);
            var bare = link.socket().requestResponse(io.rsocket.util.DefaultPayload.create("{}", "no metadata at all"));
            assertThat(bare.map(Payload::getDataUtf8)
                            .onErrorResume(it -> reactor.core.publisher.Mono.just(String.valueOf(it.getMessage())))
                            .block())
                    .contains("\"code\":\"");
            var header = link.socket().requestResponse(Link.payload("parts.list", "{}", "{\"Cookie\":\"x\"}"));
            assertThat(header.map(Payload::getDataUtf8)
                            .onErrorResume(it -> reactor.core.publisher.Mono.just(String.valueOf(it.getMessage())))
                            .block())
                    .contains("unknown-header");
        }
    }

    @Test
    void postsMovementsLineByLine() {
        List<Site.Row> rows = Link.rows(server, admin.token(), 2);
        try (Link link = link(admin)) {
            Flux<Payload> lines = Flux.range(0, 1_001)
                    .map(i -> i == 0
                            ? Link.payload("movements.stream", Link.issue(rows.getFirst()))
                            : io.rsocket.util.DefaultPayload.create(
                                    i == 500 ? "{\"type\":\"NONE\"}" : Link.issue(rows.get(i % 2))));

            List<String> answers = Objects.requireNonNull(link.socket()
                    .requestChannel(lines)
                    .map(Payload::getDataUtf8)
                    .collectList()
                    .block(Duration.ofSeconds(20)));

            assertThat(answers).hasSize(1_001);
            assertThat(answers.get(500)).contains("invalid-request");
            assertThat(answers.stream().filter(it -> it.contains("newQuantity")))
                    .hasSize(1_000);
        }
    }

    @Test
    void answersManyCallsInFlightEachItsOwn() {
        try (Link link = link(admin)) {
            List<Site.Row> rows = Link.rows(server, admin.token(), 10);

            List<Boolean> right = Objects.requireNonNull(Flux.range(0, 2_000)
                    .flatMap(
                            i -> link.calling(
                                            "parts.get",
                                            "{\"id\":\"" + rows.get(i % 10).partId() + "\"}")
                                    .map(it -> it.getDataUtf8()
                                            .contains(rows.get(i % 10).partId())),
                            500)
                    .collectList()
                    .block(Duration.ofSeconds(30)));

            assertThat(right).hasSize(2_000).allMatch(it -> it);
        }
    }

    @Test
    void streamsAListAtTheReadersPace() {
        Link.rows(server, admin.token(), 30);
        try (Link link = link(admin)) {
            List<Payload> lines = Objects.requireNonNull(link.socket()
                    .requestStream(Link.payload("parts.list", "{\"limit\":200}"))
                    .limitRate(3)
                    .collectList()
                    .block(Duration.ofSeconds(10)));
            assertThat(lines).hasSizeGreaterThanOrEqualTo(30);
        }
    }

    @Test
    void renewsTheConnection() {
        try (Link link = link(admin)) {
            JsonNode answer = link.call("auth.renew", "{\"token\":\"" + tenant.signIn(admin.username()) + "\"}");
            assertThat(answer.has("expiresAt")).isTrue();
            assertThat(link.refused(
                                    "auth.renew",
                                    "{\"token\":\"" + tenant.user(Role.VIEWER).token() + "\"}")
                            .path("code")
                            .asString())
                    .isEqualTo("forbidden");
            assertThat(link.refused("auth.renew", "{\"token\":\"x\"}")
                            .path("status")
                            .asInt())
                    .isEqualTo(401);
        }
    }

    @Test
    void tellsTheTraceOfItsCallerInEveryFailure() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        String headers = "{\"traceparent\":\"00-" + trace + "-00f067aa0ba902b7-01\"}";
        try (Link link = link(admin)) {
            assertThat(List.of("parts.get", "streams", "no.such.route")).allSatisfy(route -> assertThat(traceOf(
                            link.socket().requestStream(Link.payload(route, "{\"id\":\"x\",\"types\":7}", headers))))
                    .isEqualTo(trace));
        }
    }

    private static @Nullable String traceOf(Flux<Payload> failing) {
        return failing.map(Payload::getDataUtf8)
                .onErrorResume(error -> Mono.justOrEmpty(error.getMessage()))
                .map(problem -> Link.JSON.readTree(problem).path("traceId").asString())
                .blockFirst(Duration.ofSeconds(10));
    }

    @Test
    void tellsTheLogWhoseRequestTheDatabaseKeptWaiting() throws SQLException {
        var log = (Logger) LoggerFactory.getLogger(Incidents.class);
        var entries = new ListAppender<ILoggingEvent>();
        entries.start();
        log.addAppender(entries);
        try (Link link = link(admin);
                var owner = Owner.connection()) {
            owner.setAutoCommit(false);
            owner.createStatement()
                    .execute("SELECT FROM tenant_log WHERE tenant_id = '" + tenant.id() + "' FOR UPDATE");

            JsonNode problem = link.refused("locations.create", "{\"code\":\"WAITS\",\"name\":\"x\"}");

            assertThat(problem.path("status").asInt()).isEqualTo(504);
            assertThat(entries.list).anySatisfy(entry -> assertThat(entry.getKeyValuePairs())
                    .contains(
                            new KeyValuePair("traceId", problem.path("traceId").asString()),
                            new KeyValuePair("tenant", tenant.id().toString()),
                            new KeyValuePair("principal", admin.id().toString())));
        } finally {
            log.detachAppender(entries);
        }
    }
}
