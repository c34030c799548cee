package io.sluice.imports.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.Owner;
import io.sluice.testing.Server;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import io.sluice.testing.TestUser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Files that come packed, and are not what they seem. */
class PackedFilesIT {

    private static final String PARTS = "partNumber\nB-1\n";
    private static final MediaType CSV = MediaType.parseMediaType("text/csv");

    private final TestTenant tenant = Tenants.fresh();
    private final TestUser admin = tenant.admin();

    private static byte[] gzip(byte[] content) {
        var out = new ByteArrayOutputStream();
        try (var packer = new GZIPOutputStream(out)) {
            packer.write(content);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.toByteArray();
    }

    private static byte[] gzip(String text) {
        return gzip(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] joined(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    @Test
    void refusesAFileThatUnpacksToTooMuchAndKeepsNothingOfIt() {
        byte[] bomb = gzip(new byte[256 << 20]);

        try (Server narrow = Server.another("--sluice.imports.largest-file=4MB")) {
            WebTestClient.ResponseSpec answer = narrow.client()
                    .post()
                    .uri("/api/imports/parts")
                    .headers(headers -> headers.setBearerAuth(admin.token()))
                    .contentType(CSV)
                    .bodyValue(bomb)
                    .exchange();

            answer.expectStatus()
                    .isEqualTo(413)
                    .expectBody()
                    .jsonPath("$.code")
                    .isEqualTo("file-too-large")
                    .jsonPath("$.detail")
                    .isEqualTo("a file takes at most 4 MiB, unpacked");
        }
        assertThat(bomb.length).isLessThan(1 << 20);
        assertThat(kept("import_piece")).isZero();
        assertThat(kept("import")).isZero();
    }

    private long kept(String table) {
        UUID id = tenant.id().value();
        return Owner.count("SELECT count(*) FROM " + table + " WHERE tenant_id = ?", id);
    }

    @Test
    void readsMembersAsOneFileAlsoThousandsOfEmptyOnes() {
        byte[][] empty = new byte[5_000][];
        Arrays.fill(empty, gzip(""));

        SentFile file = SentFile.send(
                admin, "parts", CSV, joined(gzip("part"), joined(empty), gzip("Number\nB-1"), gzip("\nB-2\n")));

        assertThat(SentFile.counters(file.succeeded())).containsExactly(2L, 0L, 0L, 0L);
    }

    private record Broken(String how, byte[] bytes, String detail) {

        @Override
        public String toString() {
            return how;
        }
    }

    static Stream<Broken> broken() {
        byte[] whole = gzip(PARTS);
        byte[] changed = whole.clone();
        changed[whole.length - 8] ^= 1;
        return Stream.of(
                new Broken("two bytes", Arrays.copyOf(whole, 2), "the gzip body breaks off"),
                new Broken("half a header", Arrays.copyOf(whole, 7), "the gzip body breaks off"),
                new Broken("half a member", Arrays.copyOf(whole, whole.length - 12), "the gzip body breaks off"),
                new Broken("half a trailer", Arrays.copyOf(whole, whole.length - 3), "the gzip body breaks off"),
                new Broken("another checksum", changed, "the gzip body is not what its checksum says"),
                new Broken("a byte behind it", joined(whole, new byte[1]), "behind the gzip body comes something else"),
                new Broken(
                        "a text behind it",
                        joined(whole, PARTS.getBytes(StandardCharsets.UTF_8)),
                        "behind the gzip body comes something else"),
                new Broken(
                        "noise behind two members",
                        joined(whole, whole, new byte[100_000]),
                        "behind the gzip body comes something else"));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void saysWhatIsWrongWithABrokenGzip(Broken file) {
        SentFile.attempt(admin, "parts", CSV, file.bytes())
                .expectStatus()
                .isBadRequest()
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("malformed-gzip")
                .jsonPath("$.detail")
                .isEqualTo(file.detail());
        assertThat(kept("import_piece")).isZero();
    }
}
