package io.sluice.imports.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import io.sluice.testing.TestUser;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;

/**
 * A real retail file (see its README), against a plain count of its lines. {@code -Dsluice.data=FOLDER} takes the whole
 * of it; else its first days are taken from the folder of data beside the project.
 */
class RetailFileIT {

    private static final String FILE = "online-retail/movements.csv.gz";
    private static final Path BESIDE = Path.of("..", "..", "shared", "data");
    private static final int FIRST_DAYS = 20_000;
    private static final String LEDGER = "retail?mode=LEDGER&opening=AUTO&locationByCountry=true";

    private final TestTenant tenant = Tenants.fresh();
    private final TestUser admin = tenant.admin();

    @Test
    void endsWithWhatACountOfTheFileGives() throws IOException {
        List<String> lines = lines();
        byte[] file = gzip(lines);
        Counted counted = Counted.of(lines);

        JsonNode done = sent(file);
        JsonNode again = sent(file);

        JsonNode result = done.get("result");
        assertThat(SentFile.counters(done)).containsExactly(counted.lines - counted.skipped, 0L, counted.skipped, 0L);
        assertThat(result.get("byType")
                        .propertyStream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, type -> type.getValue().asLong())))
                .isEqualTo(counted.byType());
        assertThat(result.get("unitsOut").asLong()).isEqualTo(counted.out);
        assertThat(result.get("unitsBack").asLong()).isEqualTo(counted.back);
        assertThat(result.get("revenue").decimalValue()).isEqualByComparingTo(counted.revenue);
        assertThat(result.get("parts").asInt()).isEqualTo(counted.parts.size());
        assertThat(result.get("customers").asInt()).isEqualTo(counted.customers.size());
        assertThat(SentFile.counters(again)).containsExactly(0L, counted.lines, 0L, 0L);
        assertThat(ledger()).isEqualTo(counted.byType());
        assertThat(stock()).isEqualTo(counted.stock());
        assertThat(SentFile.json(admin.get("/api/stock/verify"))
                        .get("differences")
                        .size())
                .isZero();
    }

    private JsonNode sent(byte[] file) {
        return SentFile.send(admin, LEDGER, MediaType.parseMediaType("text/csv"), file)
                .succeeded();
    }

    /** Movements of each type, counted one by one. */
    private Map<String, Long> ledger() {
        return all("/api/movements")
                .collect(Collectors.groupingBy(movement -> movement.get("type").stringValue(), Collectors.counting()));
    }

    /** What stands on each row, by country and stock code. */
    private Map<String, Long> stock() {
        Map<String, String> countries = all("/api/locations")
                .collect(Collectors.toMap(location -> location.get("id").stringValue(), location -> location.get("name")
                        .stringValue()));
        return all("/api/stock")
                .collect(Collectors.toMap(
                        row -> countries.get(row.get("locationId").stringValue()) + " "
                                + row.get("partNumber").stringValue(),
                        row -> row.get("quantity").asLong()));
    }

    /** A long list ends with where it goes on. */
    private Stream<JsonNode> all(String path) {
        List<JsonNode> rows = rows(path);
        JsonNode next = rows.isEmpty() ? null : rows.getLast().get("next");
        return next == null
                ? rows.stream()
                : Stream.concat(
                        rows.subList(0, rows.size() - 1).stream(),
                        all(path.replaceAll("[?].*", "") + "?cursor=" + next.stringValue()));
    }

    private List<JsonNode> rows(String path) {
        return Objects.requireNonNull(admin.request(HttpMethod.GET, path)
                .accept(MediaType.APPLICATION_NDJSON)
                .exchange()
                .expectStatus()
                .isOk()
                .returnResult(String.class)
                .getResponseBody()
                .map(SentFile::parsed)
                .collectList()
                .block(Duration.ofMinutes(5)));
    }

    private static List<String> lines() throws IOException {
        String folder = System.getProperty("sluice.data");
        Path path = (folder == null ? BESIDE : Path.of(folder)).resolve(FILE);
        if (!Files.exists(path)) {
            System.err.println(
                    "RetailFileIT is SKIPPED: there is no " + path + "; -Dsluice.data=FOLDER names another folder");
            Assumptions.abort("no " + path);
        }
        try (var reader = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(path)), StandardCharsets.UTF_8))) {
            return reader.lines()
                    .limit(folder == null ? FIRST_DAYS + 1 : Long.MAX_VALUE)
                    .toList();
        }
    }

    private static byte[] gzip(List<String> lines) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(packed)) {
            for (String line : lines) {
                out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        return packed.toByteArray();
    }

    private static final class Counted {
        private static final Pattern NO_GOODS =
                Pattern.compile("POST|DOT|M|m|C2|S|D|B|BANK CHARGES|AMAZONFEE|CRUK|gift_.*");

        private long lines;
        private long skipped;
        private long out;
        private long back;
        private BigDecimal revenue = BigDecimal.ZERO;
        private final Map<String, Long> byType = new TreeMap<>();
        private final Set<String> parts = new HashSet<>();
        private final Set<String> customers = new HashSet<>();
        private final Map<String, Long> sum = new HashMap<>();
        private final Map<String, Long> lowest = new HashMap<>();

        static Counted of(List<String> lines) {
            var counted = new Counted();
            lines.stream().skip(1).map(line -> line.split(",", 8)).forEach(counted::add);
            return counted;
        }

        /** invoice_no, line, ts, stock_code, quantity, unit_price, customer_id, country */
        private void add(String[] line) {
            lines++;
            long quantity = Long.parseLong(line[4]);
            BigDecimal price = new BigDecimal(line[5]);
            if (quantity == 0 || price.signum() < 0 || NO_GOODS.matcher(line[3]).matches()) {
                skipped++;
                return;
            }
            parts.add(line[3]);
            if (!line[6].isEmpty()) {
                customers.add(line[6]);
            }
            if (quantity > 0) {
                out += quantity;
                revenue = revenue.add(price.multiply(BigDecimal.valueOf(quantity)));
                move("ISSUE", line, -quantity);
            } else if (line[0].startsWith("C")) {
                back -= quantity;
                move("RETURN", line, -quantity);
            } else {
                move("ADJUSTMENT", line, quantity);
            }
        }

        private void move(String type, String[] line, long change) {
            String row = line[7] + " " + line[3];
            byType.merge(type, 1L, Long::sum);
            long now = sum.merge(row, change, Long::sum);
            lowest.merge(row, Math.min(0, now), Math::min);
        }

        /** Each row that falls below zero has one opening. */
        Map<String, Long> byType() {
            Map<String, Long> all = new TreeMap<>(byType);
            all.put("OPENING", lowest.values().stream().filter(low -> low < 0).count());
            return all;
        }

        /** A row begins with as much as it once falls below zero, and no more. */
        Map<String, Long> stock() {
            return sum.keySet().stream()
                    .collect(Collectors.toMap(Function.identity(), row -> sum.get(row) - lowest.get(row)));
        }
    }
}
