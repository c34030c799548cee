package io.sluice.log.rsocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.rsocket.RSocket;
import io.sluice.load.Site;
import io.sluice.log.hub.Hub;
import io.sluice.testing.Server;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import io.sluice.testing.TestUser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Limits at a node that has them low, and its end. */
class StreamLimitsIT {

    private static Server small = Server.shared();
    private final TestTenant tenant = Tenants.fresh();
    private final TestUser admin = tenant.admin();

    @BeforeAll
    static void start() {
        small = Server.another(
                "--sluice.streams.connects-per-address=100",
                "--sluice.streams.address-block=2s",
                "--sluice.streams.proxies=127.0.0.1",
                "--sluice.streams.connections-per-user=3",
                "--sluice.streams.streams-per-connection=4",
                "--sluice.streams.topics=10",
                "--sluice.streams.messages-per-user=20",
                "--sluice.streams.silence=3s",
                "--sluice.streams.beat=1s");
    }

    @AfterAll
    static void stop() {
        small.close();
    }

    private static HttpResponse<String> knock(String address) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + small.port() + "/rsocket"))
                                .header("X-Forwarded-For", address)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void turnsAnAddressAwayBeforeItAsksWhoItIs() throws IOException, InterruptedException {
        for (int i = 0; i < 100; i++) {
            assertThat(knock("10.0.0.1").statusCode()).isEqualTo(400);
        }

        HttpResponse<String> refused = knock("10.0.0.1");

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).contains("connect-limit");
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(knock("10.0.0.2").statusCode()).isEqualTo(400);
        assertThat(knock("10.0.0.1, 10.0.0.2").statusCode()).isEqualTo(400);
        Link.await("the block's end", () -> {
            try {
                return knock("10.0.0.1").statusCode() == 400;
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void refusesAUsersConnectionOverTheLimitAndRecovers() {
        List<Link> links = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            links.add(Link.to(small, admin.token()));
        }
        Link.await("three", () -> connections() == 3);

        RSocket fourth = Objects.requireNonNull(
                Link.connecting(small.port(), admin.token()).block());
        assertThat(fourth.onClose()
                        .then(reactor.core.publisher.Mono.just(""))
                        .onErrorResume(it -> reactor.core.publisher.Mono.just(String.valueOf(it.getMessage())))
                        .block())
                .contains("user-full");

        links.removeFirst().close();
        Link.await("two", () -> connections() == 2);
        try (Link again = Link.to(small, admin.token())) {
            again.stream("{}", 1).ready();
        }
        links.forEach(Link::close);
    }

    private long connections() {
        return small.bean(Hub.class).connections().stream()
                .filter(it -> it.principal().tenant().equals(tenant.id()))
                .count();
    }

    @Test
    void refusesStreamsTopicsAndMessagesOverTheirLimits() {
        try (Link link = Link.to(small, admin.token())) {
            List<Link.Stream> streams = IntStream.range(0, 8)
                    .mapToObj(_ -> link.stream("{\"topics\":[\"stock\"]}", 5))
                    .toList();
            Link.await(
                    "four and four",
                    () -> streams.stream().filter(it -> !it.frames.isEmpty()).count() == 4
                            && streams.stream().filter(Link.Stream::isOver).count() == 4);
            assertThat(streams.stream().filter(Link.Stream::isOver))
                    .allMatch(it -> it.problem().path("code").asString().equals("stream-limit"));
            streams.forEach(Link.Stream::cancel);

            String eleven = IntStream.range(0, 11)
                    .mapToObj(i -> "\"part:01a1fc05-2cc0-7000-97da-0000000000" + (10 + i) + "\"")
                    .reduce((a, b) -> a + "," + b)
                    .orElseThrow();
            assertThat(link.stream("{\"topics\":[" + eleven + "]}", 5)
                            .problem()
                            .path("code")
                            .asString())
                    .isEqualTo("topic-limit");

            Link.Stream live = link.live("{\"topics\":[\"stock\"]}").ready();
            for (int i = 0; i < 50; i++) {
                live.say("{\"ref\":\"p" + i + "\",\"ping\":\"x\"}");
            }
            for (int i = 0; i < 21; i++) {
                live.say("{\"ref\":\"m" + i + "\"}");
            }
            assertThat(live.answerTo("m19").path("errors")).isEmpty();
            JsonNode refused = live.answerTo("m20").path("errors").get(0);
            assertThat(refused.path("code").asString()).isEqualTo("message-limit");
            assertThat(refused.path("retryAfterMs").asLong()).isPositive();
            assertThat(live.isOver()).isFalse();
        }
    }

    @Test
    void beats() {
        try (Link link = Link.to(small, admin.token())) {
            Link.Stream stream =
                    link.stream("{\"topics\":[\"stock\"]}", Long.MAX_VALUE).ready();
            JsonNode beat = stream.next("beat", 1);
            assertThat(beat.has("position") && beat.has("at") && beat.has("expiresAt"))
                    .isTrue();
        }
    }

    @Test
    void losesAPeerThatIsSilentAndKeepsOneThatAnswersPings() throws IOException {
        try (Link link = Link.to(small, admin.token());
                var silent = new Raw(small.port(), "")) {
            silent.head();
            silent.send(2, Raw.setup(0, Raw.MIME, admin.token(), 20_000));
            silent.send(2, Raw.request(1, Integer.MAX_VALUE, "{\"topics\":[\"stock\"]}"));
            for (int i = 0; i < 600; i++) {
                silent.send(2, Raw.call(3 + 2 * i, "roles.list", "{}"));
            }
            Link.Stream stream =
                    link.stream("{\"topics\":[\"stock\"]}", Long.MAX_VALUE).ready();
            Link.await("two", () -> connections() == 2);

            Link.await("one", () -> connections() == 1);

            stream.next("beat", 5);
            assertThat(connections()).isOne();
            assertThat(link.call("parts.list", "{}").has("items")).isTrue();
        }
    }

    @Test
    void saysByeWhenItStopsAndAnotherNodeGoesOn() {
        List<Site.Row> rows = Link.rows(Server.shared(), admin.token(), 2);
        Server leaving = Server.another();
        try (Link link = Link.to(leaving, admin.token())) {
            Link.Stream stream = link.stream("{\"topics\":[\"stock\"],\"implicit\":false}", Long.MAX_VALUE)
                    .ready();
            Link.post(Server.shared(), admin.token(), rows, 100);
            Link.await("some", () -> stream.count() > 0);

            long since = System.nanoTime();
            leaving.close();
            assertThat(System.nanoTime() - since).isLessThan(15_000_000_000L);

            JsonNode bye = stream.next("bye", 0);
            assertThat(bye.path("reason").asString()).isEqualTo("shutdown");
            assertThat(bye.path("retryAfterMs").asLong()).isPositive();
            Link.post(Server.shared(), admin.token(), rows, 50);
            try (Link other = Link.to(Server.shared(), admin.token())) {
                Link.Stream rest = other.stream(
                        "{\"topics\":[\"stock\"],\"implicit\":false,\"after\":"
                                + bye.path("position").asLong() + "}",
                        Long.MAX_VALUE);
                Link.await("the rest", () -> stream.count() + rest.count() == 150);
                List<Long> all = new ArrayList<>(stream.positions());
                all.addAll(rest.positions());
                assertThat(all).doesNotHaveDuplicates().isSorted();
            }
        }
    }
}
