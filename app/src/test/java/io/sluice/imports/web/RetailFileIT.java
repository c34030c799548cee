package io.sluice.imports.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import io.sluice.testing.TestUser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;

/** The whole of a real retail file (see its README): totals as a plain loop over the file counts them. */
class RetailFileIT {

    private static final String FILE = "online-retail/movements.csv.gz";
    private static final Set<String> NO_GOODS =
            Set.of("POST", "DOT", "M", "m", "C2", "S", "D", "B", "BANK CHARGES", "AMAZONFEE", "CRUK");

    private final TestTenant tenant = Tenants.fresh();
    private final TestUser admin = tenant.admin();

    @Test
    void endsWithWhatALoopOverTheFileCounts() throws IOException {
        Path path = file();
        Counted counted = count(path);
        SentFile.location(admin, "W1");

        JsonNode done = sent(path, "retail?mode=LEDGER&opening=AUTO&location=W1").succeeded();
        JsonNode again = sent(path, "retail?mode=LEDGER&opening=AUTO&location=W1").succeeded();

        JsonNode result = done.get("result");
        System.out.println("RetailFileIT: " + result);
        assertThat(SentFile.counters(done)).containsExactly(counted.lines - counted.skipped, 0L, counted.skipped, 0L);
        assertThat(result.get("byType").get("ISSUE").asLong()).isEqualTo(counted.byType.get("ISSUE"));
        assertThat(result.get("byType").get("RETURN").asLong()).isEqualTo(counted.byType.get("RETURN"));
        assertThat(result.get("byType").get("ADJUSTMENT").asLong()).isEqualTo(counted.byType.get("ADJUSTMENT"));
        assertThat(result.get("unitsOut").asLong()).isEqualTo(counted.out);
        assertThat(result.get("unitsBack").asLong()).isEqualTo(counted.back);
        assertThat(result.get("revenue").decimalValue()).isEqualByComparingTo(counted.revenue);
        assertThat(result.get("parts").asInt()).isEqualTo(counted.parts.size());
        assertThat(result.get("customers").asInt()).isEqualTo(counted.customers.size());
        assertThat(SentFile.counters(again)).containsExactly(0L, counted.lines, 0L, 0L);
        assertThat(SentFile.json(admin.get("/api/stock/verify")).get("differences").size()).isZero();
    }

    private SentFile sent(Path path, String query) throws IOException {
        return SentFile.send(admin, query, MediaType.parseMediaType("text/csv"), Files.readAllBytes(path));
    }

    /** Two imports of 320,000 lines take minutes, so the folder is named when they are wanted. */
    private static Path file() {
        String folder = System.getProperty("sluice.data");
        Path path = Path.of(folder == null ? "" : folder).resolve(FILE);
        if (folder == null || !Files.exists(path)) {
            System.err.println("RetailFileIT is SKIPPED: -Dsluice.data=FOLDER names no folder with " + FILE);
            Assumptions.abort("no " + FILE);
        }
        return path;
    }

    private static final class Counted {
        private long lines;
        private long skipped;
        private long out;
        private long back;
        private BigDecimal revenue = BigDecimal.ZERO;
        private final Map<String, Long> byType = new TreeMap<>();
        private final Set<String> parts = new HashSet<>();
        private final Set<String> customers = new HashSet<>();

        /** invoice_no, line, ts, stock_code, quantity, unit_price, customer_id, country */
        void add(String[] line) {
            lines++;
            long quantity = Long.parseLong(line[4]);
            BigDecimal price = new BigDecimal(line[5]);
            boolean goods = !NO_GOODS.contains(line[3]) && !line[3].startsWith("gift_");
            if (quantity == 0 || price.signum() < 0 || !goods) {
                skipped++;
                return;
            }
            parts.add(line[3]);
            if (!line[6].isEmpty()) {
                customers.add(line[6]);
            }
            if (quantity > 0) {
                byType.merge("ISSUE", 1L, Long::sum);
                out += quantity;
                revenue = revenue.add(price.multiply(BigDecimal.valueOf(quantity)));
            } else if (line[0].startsWith("C")) {
                byType.merge("RETURN", 1L, Long::sum);
                back -= quantity;
            } else {
                byType.merge("ADJUSTMENT", 1L, Long::sum);
            }
        }
    }

    private static Counted count(Path path) throws IOException {
        Counted counted = new Counted();
        try (var reader = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(path)), StandardCharsets.UTF_8))) {
            reader.readLine();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                counted.add(line.split(",", 8));
            }
        }
        return counted;
    }
}
