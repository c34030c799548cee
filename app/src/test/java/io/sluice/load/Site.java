package io.sluice.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The server as set-up and checks see it: a call at a time, nothing measured. */
public final class Site {

    /** A line of the file that a demo server writes. */
    public record Login(String tenant, String username, String role, String password) {}

    /** A stock row made for one run. {@code position} is the log's when it was filled. */
    public record Row(String locationId, String partId, long position) {}

    public static final long OPENING = 100_000_000;

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PAGE = 200;
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final URI base;

    /** Takes any address of the server, also that of its RSocket endpoint. */
    public Site(URI address) {
        this.base = URI.create("http://" + address.getAuthority());
    }

    public URI base() {
        return base;
    }

    public static List<Login> logins(Path file) {
        try {
            return List.of(JSON.readValue(Files.readString(file), Login[].class));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Login login(Path file, String role) {
        return logins(file).stream()
                .filter(login -> login.role().equalsIgnoreCase(role))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no login with role " + role + " in " + file));
    }

    public String token(Login login) {
        var body = JSON.createObjectNode()
                .put("tenant", login.tenant())
                .put("username", login.username())
                .put("password", login.password());
        return post("/api/auth/login", "", body).path("accessToken").asString();
    }

    /** Tokens as the options say: the lines of a file, or logins of the roles that are named. */
    static List<String> tokens(Site site, Options options) {
        if (options.has("token-file")) {
            return lines(Path.of(options.text("token-file", "")));
        }
        var file = Path.of(options.text("login", ".sluice/demo-logins.json"));
        return options.list("role", "admin").stream()
                .map(role -> site.token(login(file, role)))
                .toList();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fresh parts in one fresh location, each with stock that no run uses up. */
    public List<Row> rows(String token, int count) {
        var run = UUID.randomUUID().toString().substring(0, 8);
        var location = location(token, run);
        var rows = new ArrayList<Row>();
        for (int i = 0; i < count; i++) {
            rows.add(row(token, location, part(token, run + "-" + i)));
        }
        return rows;
    }

    private String location(String token, String run) {
        var body = JSON.createObjectNode()
                .put("code", "LOAD-" + run)
                .put("name", "Load " + run)
                .put("kind", "WAREHOUSE")
                .put("region", "EU")
                .put("country", "DE")
                .put("timeZone", "UTC")
                .put("currency", "EUR");
        return post("/api/locations", token, body).path("id").asString();
    }

    private String part(String token, String number) {
        var body = JSON.createObjectNode()
                .put("partNumber", "LOAD-" + number)
                .put("description", "Made for a load run")
                .put("baseUnit", "EA")
                .put("price", 1)
                .put("currency", "EUR");
        return post("/api/parts", token, body).path("id").asString();
    }

    private Row row(String token, String location, String part) {
        var body = JSON.createObjectNode()
                .put("locationId", location)
                .put("partId", part)
                .put("type", "OPENING")
                .put("quantity", OPENING);
        return new Row(
                location,
                part,
                post("/api/movements", token, body).path("position").asLong(0));
    }

    /** The last position of the tenant's log. */
    long head(String token) {
        var head = get("/api/log/head", token);
        return head.path(head.has("head") ? "head" : "position").asLong();
    }

    /** The positions of all events after one and up to another that carry the topic, as the log itself lists them. */
    Set<Long> events(String token, String topic, long after, long last) {
        var found = new HashSet<Long>();
        for (long from = after; from < last; from += PAGE) {
            var page = get(
                    "/api/events?limit=" + PAGE + "&topic=" + topic + "&after=" + from + "&before="
                            + Math.min(from + PAGE + 1, last + 1),
                    token);
            page.path("items").forEach(event -> found.add(event.path("position").asLong()));
        }
        return found;
    }

    private JsonNode get(String path, String token) {
        return send(path, authorized(path, token).GET().build());
    }

    private JsonNode post(String path, String token, JsonNode body) {
        var request = authorized(path, token)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        return send(path, request);
    }

    private HttpRequest.Builder authorized(String path, String token) {
        var request = HttpRequest.newBuilder(base.resolve(path)).timeout(PATIENCE);
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    private JsonNode send(String path, HttpRequest request) {
        try {
            var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                throw new IllegalStateException(path + " answered " + answer.statusCode() + " " + answer.body());
            }
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
