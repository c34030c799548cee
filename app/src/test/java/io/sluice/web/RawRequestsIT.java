package io.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.Owner;
import io.sluice.testing.Server;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Requests that no client's library would send, byte by byte. */
class RawRequestsIT {

    private static final String JSON = "Content-Type: application/json\r\n";
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

    private final TestTenant tenant = Tenants.fresh();

    /** An answer, and whether the connection has ended behind it. */
    private record Answer(int status, String head, String body, boolean closed) {}

    @Test
    void describesWhatIsRefusedBeforeAnyRouteIsAndEndsTheConnection() throws IOException {
        List<String> wrong = new ArrayList<>();

        expect(wrong, "GET /" + "a".repeat(10_000) + " HTTP/1.1\r\nHost: x\r\n\r\n", 414, "uri-too-long");
        expect(wrong, get("/api/me", "X-Long: " + "a".repeat(20_000) + "\r\n"), 431, "request-header-fields-too-large");
        expect(wrong, get("/api/me", "X-Many: a\r\n".repeat(2_000)), 431, "request-header-fields-too-large");
        expect(wrong, "garbage\r\n\r\n", 400, "invalid-request");
        expect(wrong, "GET /api/me\r\n\r\n", 400, "invalid-request");
        expect(wrong, "GET /api/me XTTP/1.1\r\nHost: x\r\n\r\n", 400, "invalid-request");
        expect(wrong, get("/api/me", "X\u0001Y: a\r\n"), 400, "invalid-request");
        expect(wrong, get("/api/me", "no colon\r\n"), 400, "invalid-request");
        expect(wrong, post("Content-Length: -1\r\n", ""), 400, "invalid-request");
        expect(wrong, post("Content-Length: x\r\n", ""), 400, "invalid-request");
        expect(wrong, post("Content-Length: 99999999999999999999\r\n", ""), 400, "invalid-request");
        expect(wrong, post("Content-Length: 3\r\nContent-Length: 4\r\n", "{}  "), 400, "invalid-request");
        expect(wrong, post("Content-Length: 3, 4\r\n", "{}  "), 400, "invalid-request");
        expect(wrong, post(CHUNKED, "zz\r\n{}\r\n0\r\n\r\n"), 400, "invalid-request");
        expect(wrong, post(CHUNKED, "-2\r\n{}\r\n0\r\n\r\n"), 400, "invalid-request");
        expect(wrong, post("Transfer-Encoding: chunked, identity\r\n", "2\r\n{}\r\n0\r\n\r\n"), 400, "invalid-request");
        expect(wrong, post("Transfer-Encoding: xchunked\r\n", "2\r\n{}\r\n0\r\n\r\n"), 400, "invalid-request");
        expect(wrong, post("Transfer-Encoding : chunked\r\n", "2\r\n{}\r\n0\r\n\r\n"), 400, "invalid-request");
        expect(wrong, post(CHUNKED + "Content-Length: 2\r\n", "2\r\n{}\r\n0\r\n\r\n"), 400, "invalid-request");
        expect(wrong, post("Content-Length: 2\r\n" + CHUNKED, "0\r\n\r\n"), 400, "invalid-request");

        assertThat(wrong).isEmpty();
        assertThat(tenant.events()).noneMatch(it -> it.type().startsWith("part."));
    }

    private void expect(List<String> wrong, String request, int status, String code) throws IOException {
        Answer answer = answerTo(request);
        boolean right = answer.status() == status && isDescribed(answer, code) && answer.closed();
        if (!right) {
            wrong.add(request.substring(0, Math.min(300, request.length())) + " is answered by " + answer);
        }
    }

    private static boolean isDescribed(Answer answer, String code) {
        if (!answer.head().contains("application/problem+json")) {
            return false;
        }
        JsonNode problem = Json.MAPPER.readTree(answer.body());
        return problem.path("code").asString("").equals(code)
                && problem.path("status").asInt() == answer.status()
                && List.of("type", "title", "detail", "traceId", "at").stream().allMatch(problem::has)
                && List.of("strict-transport-security", "content-security-policy", "x-content-type-options: nosniff")
                        .stream()
                        .allMatch(answer.head().toLowerCase(Locale.ROOT)::contains)
                && answer.head().contains(problem.path("traceId").asString());
    }

    @Test
    void describesAMethodOrAPathThatNoRouteKnows() throws IOException {
        List<String> wrong = new ArrayList<>();
        String token = "Host: x\r\nConnection: close\r\nAuthorization: Bearer "
                + tenant.admin().token() + "\r\n\r\n";

        for (String method : List.of("TRACE", "FOO", "CONNECT", "get")) {
            expect(wrong, method + " /api/me HTTP/1.1\r\n" + token, 405, "method-not-allowed");
        }
        for (String path : List.of("/api/%zz", "/api/me?a=^", "/api/\"me\"", "/api/me?a=%", "//[")) {
            expect(wrong, "GET " + path + " HTTP/1.1\r\n" + token, 400, "invalid-request");
        }

        assertThat(wrong).isEmpty();
    }

    /** What came before the broken chunk is whole by itself. */
    @Test
    void doesNothingForABodyThatIsRefusedBehindItsFirstChunk() throws IOException {
        List<String> wrong = new ArrayList<>();
        String part = "{\"partNumber\":\"P\",\"description\":\"Part\"}";
        String chunk = Integer.toHexString(part.length()) + "\r\n" + part + "\r\n";

        for (int n = 0; n < 20; n++) {
            expect(wrong, post(CHUNKED, chunk + "zz\r\n"), 400, "invalid-request");
            expect(wrong, importOf("partNumber,description\nP,Part\n"), 400, "invalid-request");
        }

        assertThat(wrong).isEmpty();
        assertThat(tenant.events()).noneMatch(it -> it.type().startsWith("part."));
        assertThat(Owner.count(
                        "SELECT count(*) FROM import WHERE tenant_id = ?",
                        tenant.id().value()))
                .isZero();
    }

    private String importOf(String file) {
        String chunk = Integer.toHexString(file.length()) + "\r\n" + file + "\r\nzz\r\n";
        return "POST /api/imports/parts HTTP/1.1\r\n" + common() + "Content-Type: text/csv\r\n" + CHUNKED + "\r\n"
                + chunk;
    }

    /** Who waits for a word before sending will not send, so what comes next must not be read as the body. */
    @Test
    void refusesABodyByItsDeclaredLengthAndEndsTheConnectionOfWhoWaits() throws IOException {
        List<String> wrong = new ArrayList<>();
        String declared = "Content-Length: " + (Bodies.LIMIT + 1) + "\r\n";

        expect(wrong, post(declared + "Expect: 100-continue\r\n", ""), 413, "body-too-large");

        assertThat(wrong).isEmpty();
        try (var socket = new Socket("localhost", Server.shared().port())) {
            socket.setSoTimeout(5_000);
            send(socket, post(declared, ""));
            assertThat(read(socket).status()).isEqualTo(413);
            send(socket, "a".repeat(Bodies.LIMIT + 1) + get("/api/me", ""));
            assertThat(read(socket).status()).isEqualTo(200);
        }
    }

    private String get(String path, String headers) {
        return "GET " + path + " HTTP/1.1\r\n" + common() + headers + "\r\n";
    }

    private String post(String headers, String body) {
        return "POST /api/parts HTTP/1.1\r\n" + common() + JSON + headers + "\r\n" + body;
    }

    private String common() {
        return "Host: x\r\nAuthorization: Bearer " + tenant.admin().token() + "\r\n";
    }

    private static Answer answerTo(String request) throws IOException {
        try (var socket = new Socket("localhost", Server.shared().port())) {
            socket.setSoTimeout(3_000);
            send(socket, request);
            Answer answer = read(socket);
            return new Answer(answer.status(), answer.head(), answer.body(), isClosed(socket));
        }
    }

    private static void send(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static Answer read(Socket socket) throws IOException {
        String head = headOf(socket);
        var length = Pattern.compile("(?i)content-length: (\\d+)").matcher(head);
        int expected = length.find() ? Integer.parseInt(length.group(1)) : 0;
        String body = new String(socket.getInputStream().readNBytes(expected), StandardCharsets.UTF_8);
        return new Answer(head.isEmpty() ? 0 : Integer.parseInt(head.split(" ")[1]), head, body, false);
    }

    private static boolean isClosed(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return !(e instanceof java.net.SocketTimeoutException);
        }
    }

    private static String headOf(Socket socket) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                return "";
            }
            head.append((char) next);
        }
        return head.toString();
    }
}
