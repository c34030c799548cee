package io.sluice.log.rsocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.sluice.load.Site;
import io.sluice.log.hub.Hub;
import io.sluice.testing.Server;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import io.sluice.testing.TestUser;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** Clients that do not keep to the rules. */
class WireIT {

    private final Server server = Server.shared();
    private final TestTenant tenant = Tenants.fresh();
    private final TestUser admin = tenant.admin();

    private long connections() {
        return server.bean(Hub.class).connections().stream()
                .filter(it -> it.principal().tenant().equals(tenant.id()))
                .count();
    }

    private void stillWorks() {
        try (Link link = Link.to(server, admin.token())) {
            link.stream("{\"topics\":[\"stock\"]}", 5).ready();
            assertThat(link.call("parts.list", "{}").has("items")).isTrue();
        }
        Link.await("no connection left", () -> connections() == 0);
    }

    @Test
    void refusesWhoDoesNotSetUpAsItShould() throws IOException {
        for (byte[] setup : List.of(
                Raw.setup(0, Raw.MIME, "nonsense", 20_000),
                Raw.setup(0, "application/json", admin.token(), 20_000),
                Raw.setup(0x40, Raw.MIME, admin.token(), 20_000),
                Raw.setup(0x80, Raw.MIME, admin.token(), 20_000),
                Raw.setup(0, Raw.MIME, admin.token(), 61_000),
                Raw.request(1, 5, "{}"),
                new byte[] {0, 0},
                new byte[0])) {
            try (var raw = new Raw(server.port(), "")) {
                assertThat(raw.head()).startsWith("HTTP/1.1 101");
                raw.send(2, setup);
                raw.send(2, Raw.request(1, 5, "{}"));
                raw.endOutput();
                assertThat(raw.isClosed()).isTrue();
            }
        }
        stillWorks();
    }

    @Test
    void survivesNoise() throws IOException {
        var random = new Random(1);
        for (int i = 0; i < 60; i++) {
            try (var raw = new Raw(server.port(), "")) {
                raw.head();
                if (i % 2 == 0) {
                    raw.send(2, Raw.setup(0, Raw.MIME, admin.token(), 20_000));
                }
                byte[] noise = new byte[random.nextInt(300)];
                random.nextBytes(noise);
                try {
                    raw.send(i % 3 == 0 ? 1 : 2, noise);
                    raw.send(2, Raw.request(1, 0, "{}"));
                    raw.send(2, new byte[] {0, 0, 0, 99, 8 << 2, 0, 0, 0, 0, 5});
                    raw.send(2, new byte[] {0, 0, 0, 1, 8 << 2, 0, 0, 0, 0, 0});
                    raw.send(2, Raw.request(2, 5, "{}"));
                    raw.send(i % 16, noise);
                } catch (IOException _) {
                    // closed already: as it should be
                }
            }
        }
        stillWorks();
    }

    @Test
    void closesOnAFrameOverAMebibyte() throws IOException {
        try (var raw = new Raw(server.port(), "")) {
            raw.head();
            raw.send(2, Raw.setup(0, Raw.MIME, admin.token(), 20_000));
            try {
                raw.send(2, Raw.request(1, 5, "{\"topics\":[\"" + "x".repeat((1 << 20) + 2_000) + "\"]}"));
            } catch (IOException _) {
                // closed while it was sent
            }
            assertThat(raw.isClosed()).isTrue();
        }
        stillWorks();
    }

    @Test
    void keepsLittleForOneWhoNeverReads() throws IOException {
        List<Site.Row> rows = Link.rows(server, admin.token(), 2);
        try (var deaf = new Raw(server.port(), "");
                Link link = Link.to(server, admin.token())) {
            deaf.head();
            deaf.send(2, Raw.setup(0, Raw.MIME, admin.token(), 20_000));
            deaf.send(2, Raw.request(1, Integer.MAX_VALUE, "{\"topics\":[\"stock\"],\"implicit\":false}"));
            Link.await("the deaf one", () -> connections() == 2);
            Link.Stream live = link.stream("{\"topics\":[\"stock\"],\"implicit\":false,\"batch\":100}", Long.MAX_VALUE)
                    .ready();
            long direct = direct();

            Link.post(server, admin.token(), rows, 30_000);

            Link.await("the other one", () -> live.count() == 30_000);
            assertThat(direct() - direct).isLessThan(6L << 20); // of some 20 MiB that it was sent
            for (int i = 0; i < 3_000; i++) {
                deaf.send(2, Raw.request(3 + 2 * i, Integer.MAX_VALUE, "{\"topics\":[\"stock\"]}"));
            }
            assertThat(link.call("parts.list", "{}").has("items")).isTrue();
        }
        stillWorks();
    }

    /** Frames of events are unpooled: what waits to be sent holds them. The pool's own chunks say nothing of it. */
    private static long direct() {
        return UnpooledByteBufAllocator.DEFAULT.metric().usedDirectMemory()
                + UnpooledByteBufAllocator.DEFAULT.metric().usedHeapMemory();
    }

    @Test
    void forgetsTheCancelledRequestsOfOneWhoNeverReads() throws IOException, JMException {
        long before = waiting();
        try (var deaf = new Raw(server.port(), "")) {
            deaf.head();
            deaf.send(2, Raw.setup(0, Raw.MIME, admin.token(), 20_000));
            for (int i = 0; i < 20_000; i++) {
                deaf.send(2, Raw.call(1 + 2 * i, "roles.list", "{}"));
                if (i >= 200) {
                    deaf.send(2, Raw.cancel(1 + 2 * (i - 200)));
                }
            }
            try (Link link = Link.to(server, admin.token())) {
                assertThat(link.call("parts.list", "{}").has("items")).isTrue();
            }

            assertThat(connections()).isPositive();
            assertThat(waiting() - before).isLessThan(2_000);
        }
        stillWorks();
    }

    /** How many signals are alive, as waits for a channel are made of. */
    private static long waiting() throws JMException {
        String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        return histogram
                .lines()
                .filter(line -> line.contains("reactor.core.publisher.SinkEmptyMulticast "))
                .mapToLong(line -> Long.parseLong(line.strip().split("\\s+")[1]))
                .sum();
    }

    @Test
    void cutsOffOneWhoAsksAndNeverReads() throws IOException {
        try (var deaf = new Raw(server.port(), "")) {
            deaf.head();
            deaf.send(2, Raw.setup(0, Raw.MIME, admin.token(), 20_000));
            try {
                for (int i = 0; i < 30_000; i++) {
                    deaf.send(2, Raw.call(1 + 2 * i, "roles.list", "{}"));
                }
            } catch (IOException _) {
                // closed while it was sent
            }
            Link.await("cut off", () -> connections() == 0);
        }
        stillWorks();
    }

    @Test
    void takesAnUnaskedPongForWhatItIs() throws IOException {
        try (var raw = new Raw(server.port(), "")) {
            raw.head();
            raw.send(2, Raw.setup(0, Raw.MIME, admin.token(), 20_000));
            raw.send(10, new byte[] {1, 2});
            raw.send(10, new byte[0]);
            raw.send(2, Raw.request(1, 5, "{\"topics\":[\"stock\"]}"));
            assertThat(raw.next().text()).contains("\"frame\":\"ready\"");
        }
        stillWorks();
    }

    @Test
    void turnsAwayABrowserOfAnotherOrigin() throws IOException {
        try (var raw = new Raw(server.port(), "Origin: https://evil.example\r\n")) {
            assertThat(raw.head()).startsWith("HTTP/1.1 403");
        }
        admin.request(org.springframework.http.HttpMethod.GET, "/api/streams")
                .header("Origin", "https://evil.example")
                .accept(org.springframework.http.MediaType.TEXT_EVENT_STREAM)
                .exchange()
                .expectStatus()
                .isForbidden();
    }

    @Test
    void turnsAwayWhoComesWithoutAnUpgradeAndTellsTheTrace() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";

        server.client()
                .get()
                .uri("/rsocket")
                .header("traceparent", "00-" + trace + "-00f067aa0ba902b7-01")
                .exchange()
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("upgrade-required")
                .jsonPath("$.traceId")
                .isEqualTo(trace);
    }
}
