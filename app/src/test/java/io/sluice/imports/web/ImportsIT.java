package io.sluice.imports.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.access.Role;
import io.sluice.imports.ImportQueue;
import io.sluice.log.Recorded;
import io.sluice.testing.Server;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import io.sluice.testing.TestUser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;

class ImportsIT {

    private static final String HEADER =
            "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
    private static final String SOME = HEADER + """
            1,A,HEART,4,12/1/2010 8:26,1.5,17850,United Kingdom
            1,T,,2,12/1/2010 8:26,2,17850,United Kingdom
            1,POST,POSTAGE,1,12/1/2010 8:26,18,17850,United Kingdom
            C2,A,,-3,12/1/2010 9:26,1.5,,France
            3,A,,-1,12/1/2010 10:26,0,,France
            4,A,,0,12/1/2010 10:26,0,,France
            5,A,,1,12/1/2010 11:26,-5,,France
            6,A,,many,12/1/2010 11:26,1,,France
            """;
    private static final String LEDGER = "retail?mode=LEDGER&opening=AUTO&location=W1";

    private final TestTenant tenant = Tenants.fresh();
    private final TestUser admin = tenant.admin();
    private final String place = SentFile.location(admin, "W1");

    @Test
    void postsRetailLinesByTheirTable() {
        SentFile file = SentFile.csv(admin, LEDGER, SOME);

        JsonNode done = file.succeeded();
        assertThat(SentFile.counters(done)).containsExactly(4L, 0L, 3L, 1L);
        assertThat(done.get("result").get("byType"))
                .isEqualTo(SentFile.parsed("{\"ADJUSTMENT\":1,\"ISSUE\":2,\"OPENING\":2,\"RETURN\":1}"));
        assertThat(done.get("result").get("revenue").decimalValue()).isEqualByComparingTo("10");
        assertThat(done.get("result").get("unitsOut").asInt()).isEqualTo(6);
        assertThat(done.get("result").get("unitsBack").asInt()).isEqualTo(3);
        assertThat(done.get("result").get("parts").asInt()).isEqualTo(2);
        assertThat(quantities()).containsExactly("A=2", "T=0");
        assertThat(differences()).isEqualTo("{\"differences\":[]}");
    }

    private List<String> quantities() {
        JsonNode rows = SentFile.json(admin.get("/api/stock?locationId=" + place)
                        .expectStatus()
                        .isOk())
                .get("items");
        return rows.valueStream()
                .map(row -> row.get("partNumber").stringValue() + "="
                        + row.get("quantity").asInt())
                .sorted()
                .toList();
    }

    private String differences() {
        return SentFile.json(admin.get("/api/stock/verify").expectStatus().isOk())
                .toString();
    }

    @Test
    void saysWhatBecameOfEachLine() {
        SentFile file = SentFile.csv(admin, LEDGER, SOME);
        file.succeeded();

        JsonNode failed = file.lines("FAILED").get(0);
        assertThat(failed.get("line").asInt()).isEqualTo(9);
        assertThat(failed.get("field").stringValue()).isEqualTo("Quantity");
        assertThat(failed.get("code").stringValue()).isEqualTo("wrong-type");
        assertThat(codes(file.lines("SKIPPED"))).containsExactly("non-stock", "zero-quantity", "negative-price");
        assertThat(file.lines("APPLIED").size()).isEqualTo(4);
        assertThat(file.lines("APPLIED").get(0).get("entityId").stringValue()).hasSize(36);
    }

    private static List<String> codes(JsonNode lines) {
        return lines.valueStream().map(line -> line.get("code").stringValue()).toList();
    }

    @Test
    void makesServicePartsOfCodesThatAreNoGoods() {
        SentFile.csv(admin, LEDGER, SOME).succeeded();

        JsonNode parts = SentFile.json(
                        admin.get("/api/parts?type=SERVICE").expectStatus().isOk())
                .get("items");
        assertThat(parts.get(0).get("partNumber").stringValue()).isEqualTo("POST");
        assertThat(parts.get(0).get("description").stringValue()).isEqualTo("POSTAGE");
    }

    @Test
    void appliesAFileOnceHoweverOftenItIsSent() {
        SentFile.csv(admin, LEDGER, SOME).succeeded();

        JsonNode again = SentFile.csv(admin, LEDGER, SOME).succeeded();

        assertThat(SentFile.counters(again)).containsExactly(0L, 7L, 0L, 1L);
        assertThat(again.get("result").get("byType").toString()).isEqualTo("{}");
        assertThat(quantities()).containsExactly("A=2", "T=0");
    }

    @Test
    void givesRejectsThatAreAppliedOnceTheyAreMended() {
        SentFile file = SentFile.csv(admin, LEDGER, SOME + "1,T,,2,12/1/2010 8:26,1.5,17850,United Kingdom\n");
        file.succeeded();

        String rejects = file.rejects();
        assertThat(rejects)
                .isEqualTo("rejectLine,rejectCode,rejectField,rejectMessage,Line," + HEADER
                        + "9,wrong-type,Quantity,a number is expected,1,6,A,,many,12/1/2010 11:26,1,,France\n");
        JsonNode mended =
                SentFile.csv(admin, LEDGER, rejects.replace("many", "1")).succeeded();
        assertThat(SentFile.counters(mended)).containsExactly(1L, 0L, 0L, 0L);
    }

    @Test
    void foretellsOutcomesAndChangesNothing() {
        long before = tenant.events().size();
        String text = SOME + "7,C,,1,12/1/2010 8:26,1.5,,France\n";

        JsonNode dry = SentFile.csv(admin, LEDGER + "&dryRun=true", text).succeeded();

        assertThat(quantities()).isEmpty();
        assertThat(tenant.events().stream().skip(before).map(Recorded::type).distinct())
                .containsOnly("job.progressed", "import.completed");
        JsonNode real = SentFile.csv(admin, LEDGER, text).succeeded();
        assertThat(dry.get("counters")).isEqualTo(real.get("counters"));
        assertThat(dry.get("result").get("byType")).isEqualTo(real.get("result").get("byType"));
    }

    @Test
    void opensWithNoMoreThanTheLinesTakeThatAreNoDuplicates() {
        String twice = """
                Invoice,Line,StockCode,Quantity,InvoiceDate,Price
                1,1,A,4,12/1/2010 8:26,1
                1,1,A,4,12/1/2010 8:26,1
                1,2,A,3,12/1/2010 8:26,1
                1,1,A,4,12/1/2010 8:26,1
                """;

        JsonNode dry = SentFile.csv(admin, LEDGER + "&dryRun=true", twice).succeeded();
        JsonNode done = SentFile.csv(admin, LEDGER, twice).succeeded();

        assertThat(SentFile.counters(done)).containsExactly(2L, 2L, 0L, 0L).isEqualTo(SentFile.counters(dry));
        assertThat(quantities()).containsExactly("A=0");
        assertThat(differences()).isEqualTo("{\"differences\":[]}");
    }

    @Test
    void failsALineThatFallsBelowZeroWithoutOpening() {
        SentFile file = SentFile.csv(admin, "retail?mode=LEDGER&location=W1", SOME);

        assertThat(SentFile.counters(file.succeeded())).containsExactly(2L, 0L, 3L, 3L);
        assertThat(codes(file.lines("FAILED")))
                .containsExactly("insufficient-stock", "insufficient-stock", "wrong-type");
    }

    @Test
    void failsUnknownPartsThatItMayNotMake() {
        SentFile file = SentFile.csv(admin, LEDGER + "&createMissing=false", SOME);

        file.succeeded();
        assertThat(codes(file.lines("FAILED"))).containsOnly("unknown-part", "wrong-type");
    }

    @Test
    void makesAPlaceForEachCountry() {
        SentFile.csv(admin, "retail?mode=LEDGER&opening=AUTO&locationByCountry=true", SOME)
                .succeeded();

        JsonNode places =
                SentFile.json(admin.get("/api/locations").expectStatus().isOk()).get("items");
        assertThat(places.valueStream().map(it -> it.get("code").stringValue()))
                .containsExactly("FRANCE", "UNITED_KINGDOM", "W1");
    }

    @Test
    void fillsHistoryWithoutTouchingStock() {
        SentFile.csv(admin, "retail?location=W1", SOME).succeeded();

        assertThat(quantities()).isEmpty();
        assertThat(usageOf("A", "2010-12-01")).isEqualTo("4/3");
        SentFile.csv(admin, "retail?location=W1", SOME).succeeded();
        assertThat(usageOf("A", "2010-12-01")).isEqualTo("4/3");
    }

    /** Issued and returned on the day. */
    private String usageOf(String partNumber, String day) {
        JsonNode parts = SentFile.json(
                        admin.get("/api/parts?limit=200").expectStatus().isOk())
                .get("items");
        String id = parts.valueStream()
                .filter(part -> part.get("partNumber").stringValue().equals(partNumber))
                .findFirst()
                .orElseThrow()
                .get("id")
                .stringValue();
        JsonNode bucket = SentFile.json(admin.get("/api/parts/" + id + "/consumption?from=" + day + "&to=" + day)
                        .expectStatus()
                        .isOk())
                .findValue("buckets")
                .get(0);
        return bucket.get("issued").asInt() + "/" + bucket.get("returned").asInt();
    }

    @Test
    void movesDatesSoThatTheLastIsToday() {
        JsonNode done =
                SentFile.csv(admin, LEDGER + "&shiftDates=END_TODAY", SOME).succeeded();

        assertThat(done.get("result").get("lastDate").stringValue())
                .startsWith(LocalDate.now(ZoneOffset.UTC).toString());
    }

    @Test
    void readsAMonthMatrixOnceWithoutAnyMovement() {
        String matrix = "part,1998-01,1998-02\n42,3,NA\n43,NA,NA\n";

        JsonNode done = SentFile.csv(admin, "consumption?location=W1", matrix).succeeded();
        assertThat(SentFile.counters(done)).containsExactly(1L, 0L, 1L, 0L);
        JsonNode again = SentFile.csv(admin, "consumption?location=W1", matrix).succeeded();
        assertThat(SentFile.counters(again)).containsExactly(0L, 2L, 0L, 0L);
        assertThat(usageOf("42", "1998-01-01")).isEqualTo("3/0");
        assertThat(quantities()).isEmpty();
    }

    @Test
    void takesPartsPlacesCategoriesStockAndMovements() {
        SentFile.csv(admin, "categories", "code,name\nHW_BOLTS,Bolts\nHW_BOLTS,Again\n")
                .succeeded();
        SentFile.csv(admin, "locations", "code,name,timeZone\nW2,Second,Europe/Berlin\nW1,Taken,\n")
                .succeeded();
        JsonNode parts = SentFile.csv(
                        admin,
                        "parts",
                        "partNumber,description,category,price\nB-1,Bolt,HW_BOLTS,0.25\nN-1,Nut,HW_NUTS,0.1\nB-1,Bolt,,\n")
                .succeeded();
        SentFile.csv(admin, "stock?location=W1", "part,quantity\nB-1,100\nN-1,50\n")
                .succeeded();
        JsonNode moved = SentFile.ndjson(admin, "movements", """
                {"location":"W1","part":"B-1","type":"ISSUE","quantity":10,"key":"one"}
                {"location":"W1","part":"B-1","type":"ISSUE","quantity":10,"key":"one"}
                {"location":"W1","part":"B-1","type":"ISSUE","quantity":1000}
                {"location":"W9","part":"B-1","type":"ISSUE","quantity":1}
                no json
                """).succeeded();

        assertThat(SentFile.counters(parts)).containsExactly(2L, 0L, 0L, 1L);
        assertThat(SentFile.counters(moved)).containsExactly(1L, 1L, 0L, 3L);
        assertThat(quantities()).containsExactly("B-1=90", "N-1=50");
    }

    @Test
    void foretellsCatalogueLinesToo() {
        String text = "partNumber,description\nB-1,Bolt\nB-1,Bolt\nB-2,\n";

        JsonNode dry = SentFile.csv(admin, "parts?dryRun=true", text).succeeded();
        assertThat(SentFile.json(admin.get("/api/parts")).get("items").size()).isZero();
        JsonNode real = SentFile.csv(admin, "parts", text).succeeded();

        assertThat(SentFile.counters(dry)).containsExactly(2L, 0L, 0L, 1L).isEqualTo(SentFile.counters(real));
    }

    @Test
    void changesPartsThatAreThereWhenAskedTo() {
        SentFile.csv(admin, "parts", "partNumber,description,price\nB-1,Bolt,1\n")
                .succeeded();

        JsonNode done = SentFile.csv(admin, "parts?upsert=true", "partNumber,price\nB-1,2\nB-1,3\n")
                .succeeded();

        assertThat(SentFile.counters(done)).containsExactly(2L, 0L, 0L, 0L);
        JsonNode part = SentFile.json(admin.get("/api/parts")).get("items").get(0);
        assertThat(part.get("description").stringValue()).isEqualTo("Bolt");
        assertThat(part.get("price").asInt()).isEqualTo(3);
    }

    @Test
    void acceptsGzipAndKnowsTheFileAgain() throws IOException {
        SentFile.csv(admin, LEDGER, SOME).succeeded();

        byte[] packed = gzip(SOME);
        SentFile file = SentFile.send(admin, LEDGER, MediaType.parseMediaType("text/csv"), packed);

        assertThat(SentFile.counters(file.succeeded())).containsExactly(0L, 7L, 0L, 1L);
    }

    private static byte[] gzip(String text) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var packer = new GZIPOutputStream(out)) {
            packer.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 30})
    void refusesAGzipThatIsCutOff(int missing) throws IOException {
        byte[] packed = gzip(SOME);

        requireMalformed(Arrays.copyOf(packed, packed.length - missing));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 30})
    void refusesAGzipWithAByteThatWasChanged(int fromEnd) throws IOException {
        byte[] packed = gzip(SOME);
        packed[packed.length - fromEnd] ^= 1;

        requireMalformed(packed);
    }

    private void requireMalformed(byte[] packed) {
        SentFile.attempt(admin, LEDGER, MediaType.parseMediaType("text/csv"), packed)
                .expectStatus()
                .isBadRequest()
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("malformed-gzip");
    }

    @Test
    void answersNothingForAnEmptyFile() {
        JsonNode done = SentFile.csv(admin, "parts", "").succeeded();

        assertThat(SentFile.read(done)).isZero();
    }

    @Test
    void failsAFileWithoutItsColumns() {
        JsonNode ended = SentFile.csv(admin, "parts", "a,b\n1,2\n").ended();

        assertThat(ended.get("state").stringValue()).isEqualTo("FAILED");
        assertThat(ended.get("error").stringValue()).startsWith("missing-column");
    }

    @Test
    void refusesUnknownResourcesOptionsAndPlaces() {
        var csv = MediaType.parseMediaType("text/csv");
        byte[] body = SOME.getBytes(StandardCharsets.UTF_8);

        SentFile.attempt(admin, "unicorns", csv, body).expectStatus().isNotFound();
        SentFile.attempt(admin, LEDGER + "&fast=true", csv, body).expectStatus().isBadRequest();
        SentFile.attempt(admin, "retail", csv, body).expectStatus().isBadRequest();
        SentFile.attempt(admin, "retail?location=W7", csv, body).expectStatus().isEqualTo(422);
    }

    @Test
    void needsTheResourcesOwnPermissionAndNoOther() {
        var csv = MediaType.parseMediaType("text/csv");
        byte[] parts = "partNumber\nB-1\n".getBytes(StandardCharsets.UTF_8);

        SentFile.attempt(tenant.user(Role.VIEWER), "parts", csv, parts)
                .expectStatus()
                .isForbidden();
        SentFile.attempt(tenant.user(Role.WAREHOUSE), "parts", csv, parts)
                .expectStatus()
                .isForbidden();
        SentFile.csv(tenant.user(Role.PROCUREMENT), "parts", "partNumber\nB-1\n")
                .succeeded();
        SentFile.csv(tenant.user(Role.WAREHOUSE), LEDGER, SOME).succeeded();
    }

    @Test
    void isSeenByTheRequesterAndWhoMayReadJobs() {
        SentFile file = SentFile.csv(tenant.user(Role.WAREHOUSE), LEDGER, SOME);
        file.succeeded();

        tenant.user(Role.WAREHOUSE)
                .get("/api/imports/" + file.id())
                .expectStatus()
                .isNotFound();
        tenant.user(Role.MANAGER)
                .get("/api/imports/" + file.id())
                .expectStatus()
                .isOk();
        Tenants.fresh().admin().get("/api/imports/" + file.id()).expectStatus().isNotFound();
    }

    @Test
    void answersTheSameForTheSameKey() {
        String first = keyed("k1", SOME, 202);

        assertThat(keyed("k1", SOME, 202)).isEqualTo(first);
        keyed("k1", SOME + "9,A,,1,12/1/2010 8:26,1,,UK\n", 422);
    }

    private String keyed(String key, String text, int status) {
        var answer = admin.request(HttpMethod.POST, "/api/imports/" + LEDGER)
                .header("Idempotency-Key", key)
                .contentType(MediaType.parseMediaType("text/csv"))
                .bodyValue(text)
                .exchange()
                .expectStatus()
                .isEqualTo(status);
        JsonNode id = SentFile.json(answer).get("id");
        return id == null ? "" : id.stringValue();
    }

    @Test
    void tellsProgressAndEndToWhoWatches() {
        SentFile file = SentFile.csv(admin, LEDGER, SOME);
        file.succeeded();

        List<Recorded> told = tenant.events().stream()
                .filter(event -> event.topics().contains("job:" + file.id()))
                .toList();
        assertThat(told).extracting(Recorded::type).contains("job.progressed").endsWith("import.completed");
        assertThat(told).allSatisfy(event -> assertThat(event.topics()).contains("user:" + admin.id()));
        assertThat(tenant.events())
                .filteredOn(event -> event.type().equals("stock.changed"))
                .hasSize(6);
    }

    @Test
    void goesOnBehindItsCheckpointAfterItsNodeStopped() throws InterruptedException {
        SentFile file = SentFile.csv(admin, LEDGER + "&pace=2000", manyLines(3000));
        file.awaited(it -> SentFile.read(it) >= 500);

        restart();

        assertThat(SentFile.counters(file.succeeded())).containsExactly(3000L, 0L, 0L, 0L);
        assertThat(tenant.events())
                .filteredOn(event -> event.type().equals("stock.changed"))
                .hasSize(3001);
        assertThat(quantities()).containsExactly("A=0");
        assertThat(differences()).isEqualTo("{\"differences\":[]}");
    }

    @Test
    void foretellsFromTheBeginningAfterItsNodeStopped() throws InterruptedException {
        SentFile file = SentFile.csv(admin, LEDGER + "&dryRun=true&pace=2000", manyLines(3000));
        file.awaited(it -> SentFile.read(it) >= 500);

        restart();

        JsonNode done = file.succeeded();
        assertThat(SentFile.counters(done)).containsExactly(3000L, 0L, 0L, 0L);
        assertThat(done.get("result").get("byType")).isEqualTo(SentFile.parsed("{\"ISSUE\":3000,\"OPENING\":1}"));
        assertThat(quantities()).isEmpty();
    }

    private static String manyLines(int count) {
        return HEADER
                + IntStream.rangeClosed(1, count)
                        .mapToObj(i -> i + ",A,HEART,1,12/1/2010 8:26,1.5,17850,United Kingdom\n")
                        .collect(Collectors.joining());
    }

    private static void restart() throws InterruptedException {
        var runner = (SmartLifecycle) Server.shared().bean(ImportQueue.class);
        var stopped = new CountDownLatch(1);
        runner.stop(stopped::countDown);
        stopped.await();
        runner.start();
    }

    @Test
    void stopsBetweenTransactionsWhenCancelledAndGoesOnWhenResumed() {
        SentFile file = SentFile.csv(admin, LEDGER + "&pace=1000", manyLines(3000));
        file.awaited(it -> SentFile.read(it) >= 250);

        JsonNode cancelled = file.post("cancel").ended();

        long done = SentFile.read(cancelled);
        assertThat(cancelled.get("state").stringValue()).isEqualTo("CANCELLED");
        assertThat(done).isBetween(250L, 2750L);
        assertThat(quantities()).containsExactly("A=" + (3000 - done));
        assertThat(SentFile.counters(file.post("resume").succeeded())).containsExactly(3000L, 0L, 0L, 0L);
        assertThat(quantities()).containsExactly("A=0");
    }

    @Test
    void refusesToCancelWhatHasEnded() {
        SentFile file = SentFile.csv(admin, LEDGER, SOME);
        file.succeeded();

        admin.post("/api/imports/" + file.id() + "/cancel").expectStatus().isEqualTo(409);
        admin.post("/api/imports/" + file.id() + "/resume").expectStatus().isEqualTo(409);
    }
}
