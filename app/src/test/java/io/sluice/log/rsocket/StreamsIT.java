package io.sluice.log.rsocket;

import static java.util.Locale.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.sluice.access.Grant;
import io.sluice.access.Role;
import io.sluice.access.Scope;
import io.sluice.load.Site;
import io.sluice.log.Recorded;
import io.sluice.log.hub.Hub;
import io.sluice.testing.Owner;
import io.sluice.testing.Server;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import io.sluice.testing.TestUser;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import tools.jackson.databind.JsonNode;

/** Streams over real sockets, as clients see them. */
class StreamsIT {

    private final Server server = Server.shared();
    private final TestTenant tenant = Tenants.fresh();
    private final TestUser admin = tenant.admin();

    private Link link(TestUser user) {
        return Link.to(server, user.token());
    }

    private List<Long> logged(String topic) {
        return tenant.events().stream()
                .filter(event -> event.topics().contains(topic))
                .map(Recorded::position)
                .toList();
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(item -> texts.add(item.asString()));
        return texts;
    }

    @Test
    void opensWithReadyAndLosesNoMessageThatCameAtOnce() {
        try (Link link = link(admin)) {
            Link.Stream stream = link.live("{\"topics\":[\"stock\"]}");
            stream.say("{\"ref\":\"1\",\"add\":[\"system\"]}");
            stream.say("{\"ref\":\"2\",\"drop\":[\"stock\"]}");

            JsonNode ready = stream.next("ready", 0);
            assertThat(ready.path("user").asString()).isEqualTo(admin.id().toString());
            assertThat(ready.path("tenant").asString()).isEqualTo(tenant.id().toString());
            assertThat(ready.has("connectionId") && ready.has("serverTime") && ready.has("expiresAt"))
                    .isTrue();
            assertThat(texts(ready.path("granted")))
                    .containsExactlyInAnyOrder("role:admin", "stock", "tenant", "user:" + admin.id());
            assertThat(texts(stream.answerTo("1").path("granted"))).contains("system");
            assertThat(texts(stream.answerTo("2").path("granted"))).doesNotContain("stock");
        }
    }

    @Test
    void isTheSameOverSseAndLines() {
        List<Site.Row> rows = Link.rows(server, admin.token(), 1);
        var sse = new Link.Stream(Long.MAX_VALUE);
        var lines = new Link.Stream(Long.MAX_VALUE);
        var reading = List.of(
                read(Map.of("Accept", "text/event-stream"), "topics=stock", sse),
                read(Map.of("Accept", "application/x-ndjson"), "topics=stock", lines));
        sse.ready();
        lines.ready();

        Link.post(server, admin.token(), rows, 20);

        Link.await("events", () -> sse.count() == 20 && lines.count() == 20);
        assertThat(sse.positions()).isEqualTo(lines.positions());
        reading.forEach(reactor.core.Disposable::dispose);
        Link.await("no connection left", () -> connections(admin) == 0);
    }

    private long connections(TestUser user) {
        return server.bean(Hub.class).connections().stream()
                .filter(it -> it.principal().account().equals(user.id()))
                .count();
    }

    private reactor.core.Disposable read(Map<String, String> more, String query, Link.Stream into) {
        StringBuilder rest = new StringBuilder();
        return HttpClient.create()
                .headers(headers -> {
                    headers.set("Authorization", "Bearer " + admin.token());
                    more.forEach(headers::set);
                })
                .get()
                .uri("http://127.0.0.1:" + server.port() + "/api/streams?" + query)
                .responseContent()
                .asString()
                .subscribe(text -> {
                    rest.append(text);
                    int end;
                    while ((end = rest.indexOf("\n")) >= 0) {
                        String line = rest.substring(0, end);
                        rest.delete(0, end + 1);
                        if (line.startsWith("data: ") || line.startsWith("{")) {
                            into.take(line.startsWith("data: ") ? line.substring(6) : line);
                        }
                    }
                });
    }

    @Test
    void answersEveryMessageAndStaysOpen() {
        try (Link link = link(admin)) {
            Link.Stream stream =
                    link.live("{\"topics\":[\"stock\"],\"implicit\":false}").ready();

            stream.say("{\"ref\":");
            assertThat(stream.next("ready", 1)
                            .path("errors")
                            .get(0)
                            .path("code")
                            .asString())
                    .isEqualTo("malformed-json");
            stream.say("{\"ref\":\"a\",\"shout\":1}");
            assertThat(stream.answerTo("a").path("errors").get(0).path("code").asString())
                    .isEqualTo("invalid-request");
            stream.say("{\"ref\":\"b\",\"add\":[\"dragons\",\"part:12\",\"location:" + UUID.randomUUID() + "\"]}");
            assertThat(stream.answerTo("b").path("refused"))
                    .hasSize(3)
                    .allMatch(it -> it.path("code").asString().equals("forbidden"));
            stream.say("{\"ref\":\"c\",\"drop\":[\"tenant\"]}");
            assertThat(stream.answerTo("c").path("errors").get(0).path("code").asString())
                    .isEqualTo("not-held");
            stream.say("{\"ref\":\"d\",\"ping\":\"stamp\"}");
            assertThat(stream.answerTo("d").path("echo").asString()).isEqualTo("stamp");
            stream.say("{\"ref\":\"e\",\"add\":5}");
            assertThat(stream.answerTo("e").path("errors").get(0).path("code").asString())
                    .isEqualTo("invalid-request");
            stream.say("{\"ref\":\"f\",\"renew\":\"nonsense\"}");
            assertThat(stream.answerTo("f").path("errors")).hasSize(1);
            stream.say("{\"ref\":\"g\"}");
            assertThat(texts(stream.answerTo("g").path("granted"))).containsExactly("stock");
        }
    }

    @Test
    void grantsExactlyWhatThePolicySays() {
        Site.Row row = Link.rows(server, admin.token(), 1).getFirst();
        UUID here = UUID.fromString(row.locationId());
        TestTenant other = Tenants.fresh();
        Site.Row foreign = Link.rows(server, other.admin().token(), 1).getFirst();
        String topics =
                "[\"tenant\",\"system\",\"stock\",\"user:" + admin.id() + "\",\"role:admin\",\"role:legal\",\"location:"
                        + here + "\",\"part:" + row.partId() + "\",\"location:" + foreign.locationId() + "\",\"part:"
                        + foreign.partId() + "\",\"user:" + other.admin().id() + "\"]";

        assertThat(granted(admin, topics))
                .containsExactlyInAnyOrder(
                        "tenant",
                        "system",
                        "stock",
                        "user:" + admin.id(),
                        "role:admin",
                        "location:" + here,
                        "part:" + row.partId());
        assertThat(granted(tenant.user(Role.LEGAL), topics))
                .containsExactlyInAnyOrder("tenant", "role:legal", "part:" + row.partId());
        assertThat(granted(tenant.user(Role.VENDOR_CONTACT), topics)).containsExactly("tenant");
        assertThat(granted(tenant.user(Grant.at(Role.WAREHOUSE, Scope.only(Set.of(here)))), topics))
                .containsExactlyInAnyOrder("tenant", "stock", "location:" + here, "part:" + row.partId());
        UUID there =
                UUID.fromString(Link.rows(server, admin.token(), 1).getFirst().locationId());
        assertThat(granted(tenant.user(Grant.at(Role.WAREHOUSE, Scope.only(Set.of(there)))), topics))
                .containsExactlyInAnyOrder("tenant", "stock", "part:" + row.partId());
    }

    private List<String> granted(TestUser user, String topics) {
        try (Link link = link(user)) {
            return texts(link.stream("{\"implicit\":false,\"topics\":" + topics + "}", 5)
                    .next("ready", 0)
                    .path("granted"));
        }
    }

    @Test
    void sendsAnEventOnceAndNeverOneOfAnotherLocation() {
        Site.Row here = Link.rows(server, admin.token(), 1).getFirst();
        Site.Row there = Link.rows(server, admin.token(), 1).getFirst();
        TestUser scoped = tenant.user(Grant.at(Role.WAREHOUSE, Scope.only(Set.of(UUID.fromString(here.locationId())))));
        try (Link all = link(admin);
                Link some = link(scoped)) {
            Link.Stream whole = all.stream(
                            "{\"topics\":[\"stock\",\"location:*\",\"location:" + here.locationId()
                                    + "\",\"part:*\",\"part:" + here.partId() + "\"]}",
                            Long.MAX_VALUE)
                    .ready();
            Link.Stream part = some.stream(
                            "{\"topics\":[\"stock\",\"location:*\",\"part:*\",\"part:" + there.partId() + "\"]}",
                            Long.MAX_VALUE)
                    .ready();

            Link.post(server, admin.token(), List.of(here, there), 200);

            Link.await("all", () -> whole.count() == 200 && part.count() == 100);
            assertThat(whole.positions()).doesNotHaveDuplicates().isSorted();
            assertThat(part.frames).noneMatch(frame -> frame.contains(there.locationId()));
        }
    }

    @Test
    void joinsStateAndEventsWithoutAHole() {
        List<Site.Row> rows = Link.rows(server, admin.token(), 5);
        String location = "location:" + rows.getFirst().locationId();
        var posting = CompletableFuture.runAsync(() -> Link.post(server, admin.token(), rows, 2_000));
        try (Link link = link(admin)) {
            List<Link.Stream> streams = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                streams.add(link.stream(
                                "{\"implicit\":false,\"snapshot\":true,\"topics\":[\"" + location + "\"]}",
                                Long.MAX_VALUE)
                        .ready());
                Link.Stream opened = streams.getLast();
                Link.await("a state", () -> opened.of("snapshot").stream()
                        .anyMatch(it -> it.path("last").asBoolean()));
            }
            posting.join();
            long head = logged(location).getLast();

            for (Link.Stream stream : streams) {
                JsonNode snapshot = stream.of("snapshot").getFirst();
                long asOf = snapshot.path("position").asLong();
                List<Long> after = logged(location).stream()
                        .filter(position -> position > asOf)
                        .toList();
                Link.await("all until " + head, () -> stream.count() == after.size());
                assertThat(stream.positions()).isEqualTo(after);
                assertThat(sum(snapshot)).isEqualTo(5 * Site.OPENING - issuedUntil(asOf));
            }
        }
    }

    private static long sum(JsonNode snapshot) {
        long sum = 0;
        for (JsonNode item : snapshot.path("items")) {
            sum += item.path("newQuantity").asLong();
        }
        return sum;
    }

    private long issuedUntil(long position) {
        return tenant.events().stream()
                .filter(event -> event.position() <= position && event.payload().contains("\"ISSUE\""))
                .count();
    }

    @Test
    void goesOnExactlyWhereItWasCutOverRSocketAndSse() {
        List<Site.Row> rows = Link.rows(server, admin.token(), 3);
        long first = rows.getLast().position();
        var random = new Random(42);
        var posting = CompletableFuture.runAsync(() -> Link.post(server, admin.token(), rows, CUT_EVENTS));
        List<Long> seen = new ArrayList<>();
        int cuts = 0;
        while (seen.size() < CUT_EVENTS) {
            long from = seen.isEmpty() ? first : seen.getLast();
            int least = Math.min(1 + random.nextInt(200), CUT_EVENTS - seen.size());
            seen.addAll(random.nextBoolean() ? overRSocket(from, least, random) : overSse(from, least));
            cuts++;
        }
        posting.join();

        assertThat(seen)
                .isEqualTo(logged("stock", first))
                .hasSize(CUT_EVENTS)
                .doesNotHaveDuplicates()
                .isSorted();
        assertThat(cuts).isGreaterThan(20);
    }

    private static final int CUT_EVENTS = 10_000;

    private List<Long> overRSocket(long from, int least, Random random) {
        try (Link link = link(admin)) {
            int batch = 1 + random.nextInt(3) * 20;
            Link.Stream stream = link.stream(
                    "{\"implicit\":false,\"topics\":[\"stock\"],\"after\":" + from + ",\"batch\":" + batch + "}",
                    202 + random.nextInt(400));
            return untilCut(stream, least);
        }
    }

    private List<Long> overSse(long from, int least) {
        var stream = new Link.Stream(Long.MAX_VALUE);
        var connection = read(
                Map.of("Accept", "text/event-stream", "Last-Event-ID", Long.toString(from)), "topics=stock", stream);
        try {
            return untilCut(stream, least);
        } finally {
            connection.dispose();
        }
    }

    private static List<Long> untilCut(Link.Stream stream, int least) {
        Link.await("more", () -> stream.count() >= least || stream.isOver());
        return stream.positions();
    }

    /** By the database's own word. */
    private List<Long> logged(String topic, long after) {
        return Owner.query(
                "SELECT position FROM event WHERE tenant_id = ? AND position > ? AND ? = ANY (topics) ORDER BY position",
                row -> row.getLong(1),
                tenant.id().value(),
                after,
                topic);
    }

    @Test
    void sendsExactlyTheEventsThatCarryTheTopic() {
        List<Map<String, String>> subjects = List.of(subjects("1"), subjects("2"));
        Link.await("the imports", () -> logged("user:" + admin.id()).size() >= 2);
        List<String> topics = Owner.query(
                "SELECT DISTINCT t FROM event, unnest(topics) t WHERE tenant_id = ? AND t ~ '^(category|alert|job|part|location):'",
                row -> row.getString(1),
                tenant.id().value());
        for (String kind : List.of("category:", "alert:", "job:", "part:", "location:")) {
            assertThat(topics).filteredOn(it -> it.startsWith(kind)).hasSizeGreaterThan(1);
        }
        try (Link link = link(admin)) {
            Map<String, Link.Stream> streams = topics.stream()
                    .collect(Collectors.toMap(topic -> topic, topic -> link.stream(
                                    "{\"implicit\":false,\"after\":0,\"topics\":[\"" + topic + "\"]}", Long.MAX_VALUE)
                            .ready()));

            subjects.forEach(it -> post("/api/movements", moved(it, "ISSUE", 1)));

            streams.forEach((topic, stream) -> {
                List<Long> expected = logged(topic, 0);
                Link.await("all of " + topic, () -> stream.count() >= expected.size());
                assertThat(stream.positions()).as(topic).isEqualTo(expected);
            });
        }
        assertThat(granted(
                        admin,
                        topics.stream()
                                .flatMap(it ->
                                        Stream.of(it.substring(0, it.length() - 1), it + "0", it.toUpperCase(ROOT)))
                                .map(it -> '"' + it + '"')
                                .collect(Collectors.joining(",", "[", "]"))))
                .isEmpty();
    }

    /** A place, a category with a part that runs low there, and an import. */
    private Map<String, String> subjects(String name) {
        String category = post("/api/categories", Map.of("code", "C-" + name, "name", name));
        String part = post(
                "/api/parts",
                Map.of("partNumber", "P-" + name, "description", name, "categoryId", category, "reorderThreshold", 5));
        String location = post("/api/locations", Map.of("code", "L-" + name, "name", name));
        Map<String, String> subjects = Map.of("partId", part, "locationId", location);
        post("/api/movements", moved(subjects, "RECEIPT", 9));
        post("/api/movements", moved(subjects, "ISSUE", 5));
        admin.request(HttpMethod.POST, "/api/imports/parts")
                .header("Content-Type", "text/csv")
                .bodyValue("partNumber,description\nI-" + name + ",x\n")
                .exchange()
                .expectStatus()
                .isAccepted();
        return subjects;
    }

    private static Map<String, Object> moved(Map<String, String> subjects, String type, int quantity) {
        Map<String, Object> wish = new HashMap<>(subjects);
        wish.put("type", type);
        wish.put("quantity", quantity);
        return wish;
    }

    private String post(String path, Map<String, ?> body) {
        byte[] answer = admin.post(path, body)
                .expectStatus()
                .is2xxSuccessful()
                .expectBody()
                .returnResult()
                .getResponseBody();
        return Link.JSON.readTree(Objects.requireNonNull(answer)).path("id").asString("");
    }

    @Test
    void refusesAPositionBeyondTheHead() {
        try (Link link = link(admin)) {
            assertThat(link.stream("{\"after\":999999}", 5)
                            .problem()
                            .path("code")
                            .asString())
                    .isEqualTo("position-ahead");
        }
        admin.request(HttpMethod.GET, "/api/streams?after=999999")
                .accept(org.springframework.http.MediaType.TEXT_EVENT_STREAM)
                .exchange()
                .expectStatus()
                .isBadRequest();
    }

    /** What they cost is what is free once they are gone, their clients' side in this process included. */
    @Test
    void keepsThoseWhoStoppedAskingForLittleAndGivesThemEverythingLater() {
        List<Site.Row> rows = Link.rows(server, admin.token(), 4);
        List<Link> links = Stream.generate(() -> link(admin)).limit(34).toList();
        try (Link other = link(admin)) {
            List<Link.Stream> stopped = links.stream()
                    .flatMap(link ->
                            Stream.generate(() -> link.stream(ALL_STOCK, 1)).limit(30))
                    .toList();
            stopped.forEach(Link.Stream::ready);
            Link.Stream live = other.stream(ALL_STOCK, Long.MAX_VALUE).ready();
            Link.post(server, admin.token(), rows, 2_000);
            long directBefore = direct();

            for (int i = 0; i < 10; i++) {
                Link.post(server, admin.token(), rows, 9_800);
            }
            Link.await("the live one", LONG_PATIENCE, () -> live.count() == STALLED_EVENTS);
            long heap = heap();
            long direct = direct() - directBefore;

            List<Long> all = logged("stock", rows.getLast().position());
            assertThat(live.positions()).isEqualTo(all).hasSize(STALLED_EVENTS);
            stopped.forEach(stream -> stream.request(1));
            stopped.forEach(stream -> Link.await("the next", LONG_PATIENCE, () -> stream.count() == 100));
            assertThat(stopped)
                    .allSatisfy(stream -> assertThat(stream.positions()).isEqualTo(all.subList(0, 100)));
            for (Link.Stream stream : stopped.subList(0, 4)) {
                stream.request(STALLED_EVENTS);
                Link.await("everything", LONG_PATIENCE, () -> stream.count() == STALLED_EVENTS);
                assertThat(stream.positions()).isEqualTo(all);
            }
            assertThat(stopped).noneMatch(Link.Stream::isOver);

            stopped.forEach(Link.Stream::forget);
            links.forEach(Link::close);
            Link.await("those who wait are gone", () -> connections(admin) == 1);
            assertThat(heap - heap() + direct).isLessThan(64L << 20);
        } finally {
            links.forEach(Link::close);
        }
        Link.await("no connection left", () -> connections(admin) == 0);
    }

    private static final int STALLED_EVENTS = 100_000;
    private static final Duration LONG_PATIENCE = Duration.ofSeconds(60);
    private static final String ALL_STOCK = "{\"implicit\":false,\"batch\":100,\"topics\":[\"stock\"]}";

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long direct() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }

    @Test
    void leavesOutItsOwnEventsAndSelectsTypes() {
        List<Site.Row> rows = Link.rows(server, admin.token(), 1);
        try (Link mine = link(admin);
                Link others = link(admin)) {
            Link.Stream silent = mine.stream("{\"topics\":[\"stock\"],\"echo\":false}", Long.MAX_VALUE)
                    .ready();
            Link.Stream prefix = mine.stream("{\"topics\":[\"stock\"],\"types\":[\"stock.*\"]}", Long.MAX_VALUE)
                    .ready();
            Link.Stream none = mine.stream("{\"topics\":[\"stock\"],\"types\":[\"stock.alert.*\"]}", Long.MAX_VALUE)
                    .ready();
            String connection = silent.next("ready", 0).path("connectionId").asString();

            mine.call("movements.post", Link.issue(rows.getFirst()));
            admin.request(HttpMethod.POST, "/api/movements")
                    .header("Sluice-Connection", connection)
                    .contentType(org.springframework.http.MediaType.APPLICATION_JSON)
                    .bodyValue(Link.issue(rows.getFirst()))
                    .exchange()
                    .expectStatus()
                    .is2xxSuccessful();
            others.call("movements.post", Link.issue(rows.getFirst()));

            Link.await("events", () -> prefix.count() == 3 && silent.count() == 1);
            assertThat(silent.positions()).containsExactly(prefix.positions().getLast());
            assertThat(none.count()).isZero();
        }
    }

    @Test
    void conflatesForOneThatLags() {
        List<Site.Row> rows = Link.rows(server, admin.token(), 2);
        try (Link link = link(admin)) {
            Link.Stream lagging = link.stream("{\"implicit\":false,\"topics\":[\"stock\"],\"conflate\":true}", 1)
                    .ready();
            Link.post(server, admin.token(), rows, 500);

            lagging.request(100);

            Link.await("the newest of both", () -> lagging.count() == 2);
            assertThat(lagging.of("event")).allMatch(it -> it.path("skipped").asInt() == 249);
        }
    }

    @Test
    void endsWithTheSessionAndAnswersCallsWith401() {
        TestUser user = tenant.user(Role.MANAGER);
        try (Link link = link(user)) {
            Link.Stream stream =
                    link.stream("{\"topics\":[\"stock\"]}", Long.MAX_VALUE).ready();

            long since = System.nanoTime();
            admin.post("/api/users/" + user.id() + "/disable").expectStatus().isOk();

            assertThat(stream.next("bye", 0).path("reason").asString()).isEqualTo("revoked");
            assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(Duration.ofSeconds(2));
            Link.await("completion", stream::isOver);
            assertThat(link.refused("parts.list", "{}").path("status").asInt()).isEqualTo(401);
            assertThat(link.stream("{\"topics\":[\"stock\"]}", 5)
                            .problem()
                            .path("status")
                            .asInt())
                    .isEqualTo(401);
        }
    }

    @Test
    void losesTopicsWithTheGrants() {
        TestUser user = tenant.user(Role.MANAGER);
        List<Site.Row> rows = Link.rows(server, admin.token(), 1);
        try (Link link = link(user)) {
            Link.Stream stream = link.stream("{\"topics\":[\"stock\",\"part:*\"]}", Long.MAX_VALUE)
                    .ready();

            tenant.inside(server.bean(io.sluice.log.Ledger.class)
                    .commit(server.bean(io.sluice.access.UserAdministration.class)
                            .grant(user.id(), 1, List.of(Grant.of(Role.LEGAL))))
                    .map(it -> it.answer()));
            JsonNode ready = stream.next("ready", 1);
            Link.post(server, admin.token(), rows, 5);

            assertThat(ready.path("refused"))
                    .extracting(it -> it.path("topic").asString())
                    .containsExactlyInAnyOrder("stock", "role:manager");
            assertThat(texts(ready.path("granted"))).contains("role:legal").doesNotContain("role:manager");
            Link.Stream after = link.stream("{\"topics\":[\"tenant\"]}", 5).ready();
            assertThat(after.of("ready")).hasSize(1);
            assertThat(stream.count()).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void leavesNothingBehindWhenManyComeAndGo() {
        TestUser user = tenant.user(Role.MANAGER);
        Flux.range(0, 500)
                .flatMap(
                        i -> Link.connecting(server.port(), user.token())
                                .flatMapMany(socket -> socket.requestStream(
                                                Link.payload("streams", "{\"topics\":[\"stock\"]}"))
                                        .take(i % 2)
                                        .doFinally(_ -> socket.dispose()))
                                .then()
                                .onErrorResume(_ -> Mono.empty()),
                        20)
                .blockLast(Duration.ofSeconds(60));

        Link.await("no connection left", () -> connections(user) == 0);
    }
}
