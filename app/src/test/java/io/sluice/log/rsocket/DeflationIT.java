package io.sluice.log.rsocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.rsocket.frame.PayloadFrameCodec;
import io.sluice.load.Site;
import io.sluice.testing.Server;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import io.sluice.testing.TestUser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Compression of messages, as it is seen on the wire. */
class DeflationIT {

    private static final String OFFER = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
    private static final int BINARY = 2;
    private static final int COMPRESSED = 0x40 | BINARY;
    private static final byte[] TAIL = {0, 0, (byte) 0xFF, (byte) 0xFF};

    private final Server server = Server.shared();
    private final TestTenant tenant = Tenants.fresh();
    private final TestUser admin = tenant.admin();

    private Raw connect(String headers) throws IOException {
        var raw = new Raw(server.port(), headers);
        assertThat(raw.head()).startsWith("HTTP/1.1 101");
        raw.send(BINARY, Raw.setup(0, Raw.MIME, admin.token(), 20_000));
        return raw;
    }

    /** Each message for itself: nothing is known from the one before. */
    private static byte[] inflated(byte[] content) throws IOException {
        var out = new ByteArrayOutputStream();
        var inflater = new InflaterOutputStream(out, new Inflater(true));
        inflater.write(content);
        inflater.write(TAIL);
        inflater.flush();
        return out.toByteArray();
    }

    private static byte[] deflated(byte[] content) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var deflater = new DeflaterOutputStream(out, new Deflater(9, true), true)) {
            deflater.write(content);
            deflater.flush();
        }
        // The block that a flush ends with stands for the tail, what closing added follows it.
        String all = new String(out.toByteArray(), StandardCharsets.ISO_8859_1);
        return java.util.Arrays.copyOf(
                out.toByteArray(), all.lastIndexOf(new String(TAIL, StandardCharsets.ISO_8859_1)));
    }

    private static String batches(Site.Row last) {
        return "{\"topics\":[\"stock\"],\"implicit\":false,\"batch\":50,\"after\":" + last.position() + "}";
    }

    @Test
    void compressesWhatIsLargeAndLeavesWhatIsSmall() throws IOException {
        List<Site.Row> rows = Link.rows(server, admin.token(), 2);
        Link.post(server, admin.token(), rows, 100);
        try (Raw raw = connect(OFFER)) {
            raw.send(BINARY, Raw.request(1, 3, batches(rows.getLast())));

            Raw.Frame ready = raw.next();
            assertThat(ready.isCompressed()).isFalse();
            assertThat(ready.text()).contains("\"frame\":\"ready\"");
            long seen = rows.getLast().position();
            for (int batch = 0; batch < 2; batch++) {
                Raw.Frame large = raw.next();
                assertThat(large.isCompressed()).isTrue();
                byte[] whole = inflated(large.content());
                assertThat(whole.length).isGreaterThan(2 * large.content().length);
                assertThat(ByteBufUtil.getBytes(PayloadFrameCodec.data(Unpooled.wrappedBuffer(whole))))
                        .hasSize(whole.length - 6);
                assertThat(whole).startsWith(0, 0, 0, 1);
                JsonNode frame = Link.JSON.readTree(Raw.textOf(whole));
                assertThat(frame.path("events").path(0).path("position").asLong())
                        .isEqualTo(seen + 1);
                seen = frame.path("position").asLong();
            }
            raw.send(BINARY, Raw.call(3, "roles.list", "{}"));
            Raw.Frame answer = raw.next();
            assertThat(answer.isCompressed()).isTrue();
            assertThat(new String(inflated(answer.content()), StandardCharsets.UTF_8))
                    .contains("auditor");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Sec-WebSocket-Extensions: ;\r\n",
                "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=x\r\n",
                "Sec-WebSocket-Extensions: permessage-deflate; nonsense=1\r\n"
            })
    void compressesNothingThatWasNotNegotiated(String headers) throws IOException {
        List<Site.Row> rows = Link.rows(server, admin.token(), 2);
        Link.post(server, admin.token(), rows, 50);
        try (var raw = new Raw(server.port(), headers)) {
            assertThat(raw.head()).startsWith("HTTP/1.1 101").doesNotContainIgnoringCase("extensions");
            raw.send(BINARY, Raw.setup(0, Raw.MIME, admin.token(), 20_000));
            raw.send(BINARY, Raw.request(1, 2, batches(rows.getLast())));
            assertThat(raw.next().isCompressed()).isFalse();
            Raw.Frame large = raw.next();
            assertThat(large.isCompressed()).isFalse();
            assertThat(large.text()).contains("\"events\":[");
        }
    }

    @Test
    void agreesToTheFirstOfferItCanMeetAndKeepsNoWindow() throws IOException {
        try (var raw = new Raw(
                server.port(),
                "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10, "
                        + "permessage-deflate; client_max_window_bits=12\r\n")) {
            assertThat(raw.head())
                    .containsOnlyOnce("permessage-deflate")
                    .contains("server_no_context_takeover", "client_no_context_takeover")
                    .contains("client_max_window_bits=12")
                    .doesNotContain("server_max_window_bits");
        }
    }

    @Test
    void readsCompressedMessagesOneByOne() throws IOException {
        try (Raw raw = connect(OFFER)) {
            String wide = "{\"topics\":[\"stock\"]" + " ".repeat(900_000) + "}";
            for (int stream = 1; stream < 6; stream += 2) {
                raw.send(COMPRESSED, deflated(Raw.request(stream, 1, wide)));
                assertThat(raw.next().text()).contains("\"frame\":\"ready\"");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {(1 << 20) + 2_000, 200 << 20})
    void closesOnAMessageThatInflatesOverTheLimit(int length) throws IOException {
        byte[] bomb = deflated(new byte[length]);
        assertThat(bomb.length).isLessThan(1 << 20);
        try (Raw raw = connect(OFFER)) {
            raw.send(COMPRESSED, bomb);
            assertThat(raw.isClosed()).isTrue();
        }
    }

    @Test
    void closesOnFragmentsThatInflateOverTheLimitTogether() throws IOException {
        byte[] half = deflated(new byte[700_000]);
        byte[] first = java.util.Arrays.copyOf(half, half.length + TAIL.length);
        System.arraycopy(TAIL, 0, first, half.length, TAIL.length);
        try (Raw raw = connect(OFFER)) {
            raw.sendFragment(COMPRESSED, first);
            raw.send(0, half);
            assertThat(raw.isClosed()).isTrue();
        }
    }
}
