package io.sluice.log.rsocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.sluice.load.Site;
import io.sluice.log.hub.Hub;
import io.sluice.testing.Server;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import io.sluice.testing.TestUser;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Clients that do not keep to the rules. */
class WireIT {

    private final Server server = Server.shared();
    private final TestTenant tenant = Tenants.fresh();
    private final TestUser admin = tenant.admin();

    /** A WebSocket by hand, so that wrong frames can be sent on it. */
    private static final class Raw implements AutoCloseable {

        private final Socket socket = new Socket();

        Raw(int port, String headers) throws IOException {
            socket.setReceiveBufferSize(16_384);
            socket.connect(new InetSocketAddress("127.0.0.1", port));
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(("GET /rsocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                    + headers + "\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
        }

        String head() throws IOException {
            var head = new StringBuilder();
            InputStream in = socket.getInputStream();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                if (next < 0) {
                    return head.toString();
                }
                head.append((char) next);
            }
            return head.toString();
        }

        void send(int code, byte[] content) throws IOException {
            var out = ByteBuffer.allocate(content.length + 14);
            out.put((byte) (0x80 | code));
            if (content.length < 126) {
                out.put((byte) (0x80 | content.length));
            } else if (content.length < 65_536) {
                out.put((byte) (0x80 | 126)).putShort((short) content.length);
            } else {
                out.put((byte) (0x80 | 127)).putLong(content.length);
            }
            out.putInt(0).put(content);
            socket.getOutputStream().write(out.array(), 0, out.position());
        }

        /** True when the server closes in time. */
        boolean isClosed() throws IOException {
            byte[] rest = new byte[4096];
            try {
                while (socket.getInputStream().read(rest) >= 0) {}
                return true;
            } catch (java.net.SocketTimeoutException _) {
                return false;
            } catch (IOException _) {
                return true;
            }
        }

        @Override
        public void close() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }

    private static byte[] setup(int flags, String mime, String token, int keepAlive) {
        var out = Unpooled.buffer();
        out.writeInt(0)
                .writeShort(1 << 10 | 0x100 | flags)
                .writeShort(1)
                .writeShort(0)
                .writeInt(keepAlive)
                .writeInt(90_000);
        if ((flags & 0x80) != 0) {
            out.writeShort(2).writeShort(7);
        }
        text(out, mime);
        text(out, "application/json");
        byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
        out.writeMedium(5 + bytes.length)
                .writeByte(0x80 | 0x7C)
                .writeMedium(1 + bytes.length)
                .writeByte(0x81)
                .writeBytes(bytes);
        return io.netty.buffer.ByteBufUtil.getBytes(out);
    }

    private static void text(io.netty.buffer.ByteBuf out, String text) {
        out.writeByte(text.length()).writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static final String MIME = "message/x.rsocket.composite-metadata.v0";

    private static byte[] request(int stream, int n, String wish) {
        var out = Unpooled.buffer();
        out.writeInt(stream).writeShort(6 << 10 | 0x100).writeInt(n).writeMedium(4 + 8);
        out.writeByte(0x80 | 0x7E)
                .writeMedium(8)
                .writeByte(7)
                .writeBytes("streams".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(wish.getBytes(StandardCharsets.UTF_8));
        return io.netty.buffer.ByteBufUtil.getBytes(out);
    }

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
                setup(0, MIME, "nonsense", 20_000),
                setup(0, "application/json", admin.token(), 20_000),
                setup(0x40, MIME, admin.token(), 20_000),
                setup(0x80, MIME, admin.token(), 20_000),
                setup(0, MIME, admin.token(), 61_000),
                request(1, 5, "{}"),
                new byte[] {0, 0},
                new byte[0])) {
            try (var raw = new Raw(server.port(), "")) {
                assertThat(raw.head()).startsWith("HTTP/1.1 101");
                raw.send(2, setup);
                raw.send(2, request(1, 5, "{}"));
                raw.socket.shutdownOutput();
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
                    raw.send(2, setup(0, MIME, admin.token(), 20_000));
                }
                byte[] noise = new byte[random.nextInt(300)];
                random.nextBytes(noise);
                try {
                    raw.send(i % 3 == 0 ? 1 : 2, noise);
                    raw.send(2, request(1, 0, "{}"));
                    raw.send(2, new byte[] {0, 0, 0, 99, 8 << 2, 0, 0, 0, 0, 5});
                    raw.send(2, new byte[] {0, 0, 0, 1, 8 << 2, 0, 0, 0, 0, 0});
                    raw.send(2, request(2, 5, "{}"));
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
            raw.send(2, setup(0, MIME, admin.token(), 20_000));
            try {
                raw.send(2, request(1, 5, "{\"topics\":[\"" + "x".repeat((1 << 20) + 2_000) + "\"]}"));
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
            deaf.send(2, setup(0, MIME, admin.token(), 20_000));
            deaf.send(2, request(1, Integer.MAX_VALUE, "{\"topics\":[\"stock\"],\"implicit\":false}"));
            Link.await("the deaf one", () -> connections() == 2);
            Link.Stream live = link.stream("{\"topics\":[\"stock\"],\"implicit\":false,\"batch\":100}", Long.MAX_VALUE)
                    .ready();
            long direct = direct();

            Link.post(server, admin.token(), rows, 10_000);

            Link.await("the other one", () -> live.count() == 10_000);
            assertThat(direct() - direct).isLessThan(32L << 20);
            for (int i = 0; i < 3_000; i++) {
                deaf.send(2, request(3 + 2 * i, Integer.MAX_VALUE, "{\"topics\":[\"stock\"]}"));
            }
            assertThat(link.call("parts.list", "{}").has("items")).isTrue();
        }
        stillWorks();
    }

    private static long direct() {
        return io.netty.buffer.PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
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
