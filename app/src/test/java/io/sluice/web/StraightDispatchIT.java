package io.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.Server;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestUser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** A lone question mark sends a request the dispatcher's way: the answer must be the same as on the straight one. */
class StraightDispatchIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Set<String> OF_ITS_OWN = Set.of("x-request-id", "x-trace-id", "x-response-time");

    private final TestUser admin = Tenants.fresh().admin();
    private String part;
    private String place;

    @AfterAll
    static void close() {
        CLIENT.close();
    }

    @BeforeEach
    void stockAPart() throws Exception {
        part = created("/api/parts", "{\"partNumber\":\"P\",\"description\":\"Part\"}");
        place = created("/api/locations", "{\"code\":\"A\",\"name\":\"Place\"}");
        created("/api/movements", movement("RECEIPT", 5));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/parts/{part}",
                "/api/parts/01a21a21-27d9-7000-968b-49889d80e2b1",
                "/api/parts/not-an-id",
                "/api/locations/{place}",
                "/api/categories/01a21a21-27d9-7000-968b-49889d80e2b1",
                "/api/parts/",
                "/api//parts/{part}",
                "/api/parts/{part};a=b",
                "/api/parts/{part}/card",
                "/api/stock/verify",
                "/api/users/me",
                "/api/nothing"
            })
    void readsAreTheSame(String path) throws Exception {
        for (List<String> headers : List.of(
                List.<String>of(),
                List.of("Accept", "application/json"),
                List.of("Accept", "image/png"),
                List.of("If-None-Match", "\"1\""),
                List.of("If-None-Match", "\"other\""),
                List.of("Accept-Encoding", "gzip"),
                List.of("Cache-Control", "no-cache"))) {
            isTheSame("GET", path, "", headers);
        }
        isTheSame("HEAD", path, "", List.of());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "/api/movements|{`locationId`:`x`}",
                "/api/movements|{",
                "/api/movements|[]",
                "/api/movements|{`locationId`:`{place}`,`partId`:`{part}`,`type`:`ISSUE`,`quantity`:6}",
                "/api/movements|{`locationId`:`{place}`,`partId`:`{part}`,`type`:`ISSUE`,`quantity`:1,`more`:1}",
                "/api/movements/batch|{`lines`:[]}",
                "/api/parts|{`partNumber`:`P`,`description`:`Taken`}",
                "/api/parts|{`partNumber`:``}",
                "/api/nothing|{}"
            })
    void refusalsAreTheSame(String path, String body) throws Exception {
        String json = body.replace('`', '"').replace("{part}", part).replace("{place}", place);
        for (List<String> headers : List.of(
                List.of("Content-Type", "application/json"),
                List.of("Content-Type", "application/json;charset=utf-8"),
                List.of("Content-Type", "text/plain"),
                List.of("Content-Type", "application/json", "Accept", "text/html"),
                List.of("Content-Type", "application/json", "Content-Encoding", "br"))) {
            isTheSame("POST", path, json, headers);
        }
        isTheSame("DELETE", path, "", List.of());
        isTheSame("PUT", path, json, List.of("Content-Type", "application/json"));
    }

    @Test
    void aKeyCountsOnBothWays() throws Exception {
        List<String> headers = List.of("Content-Type", "application/json", "Idempotency-Key", "k");

        Answer straight = ask("POST", "/api/movements", movement("RECEIPT", 1), headers);
        Answer around = ask("POST", "/api/movements?", movement("RECEIPT", 1), headers);

        assertThat(straight.status()).isEqualTo(201);
        assertThat(around.body()).isEqualTo(straight.body());
        assertThat(around.headers()).containsEntry("idempotency-replayed", "[true]");
    }

    private String movement(String type, int quantity) {
        return JSON.writeValueAsString(Map.of("locationId", place, "partId", part, "type", type, "quantity", quantity));
    }

    private String created(String path, String body) throws Exception {
        Answer answer = ask("POST", path, body, List.of("Content-Type", "application/json"));
        assertThat(answer.status()).isEqualTo(201);
        return JSON.readTree(answer.body()).path("id").stringValue();
    }

    private record Answer(int status, Map<String, String> headers, String body) {}

    private void isTheSame(String method, String path, String body, List<String> headers) throws Exception {
        String filled = path.replace("{part}", part).replace("{place}", place);
        ask(method, filled, body, headers); // both find the same in the cache
        assertThat(ask(method, filled, body, headers)).isEqualTo(ask(method, filled + "?", body, headers));
    }

    private Answer ask(String method, String path, String body, List<String> headers)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + Server.shared().port() + path))
                .header("Authorization", "Bearer " + admin.token())
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        for (int i = 0; i < headers.size(); i += 2) {
            request.header(headers.get(i), headers.get(i + 1));
        }
        HttpResponse<String> answer = CLIENT.send(request.build(), BodyHandlers.ofString());
        Map<String, String> named = new TreeMap<>();
        answer.headers().map().forEach((name, values) -> named.put(name, values.toString()));
        named.keySet().removeAll(OF_ITS_OWN);
        if (answer.statusCode() >= 400) {
            named.remove("content-length"); // a problem's time has more or fewer digits
        }
        return new Answer(answer.statusCode(), named, withoutTrace(answer.body()));
    }

    private static String withoutTrace(String body) {
        return body.replaceAll("\"(traceId|at)\":\"[^\"]*\"", "");
    }
}
