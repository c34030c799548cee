package io.sluice.imports.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.Tenants;
import io.sluice.testing.TestUser;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;

/** CSV as all kinds of programs write it. */
class CsvFilesIT {

    private static final MediaType CSV = MediaType.parseMediaType("text/csv");
    private static final String HEADER = "location,part,type,quantity,note\n";
    private static final String TWO = HEADER + "W1,B-1,RECEIPT,2,one\nW1,B-1,RECEIPT,3.5,two\n";

    private final TestUser admin = Tenants.fresh().admin();

    /** A file, with the notes that its lines leave in the ledger; their quantities are always 2 and 3.5. */
    private record Written(String how, String options, byte[] bytes, String first, String second) {

        static Written of(String how, String options, String text, String first, String second) {
            return of(how, options, text, StandardCharsets.UTF_8, first, second);
        }

        static Written of(String how, String options, String text, Charset charset, String first, String second) {
            return new Written(how, options, text.getBytes(charset), first, second);
        }

        static Written plain(String how, String text) {
            return of(how, "", text, "one", "two");
        }

        @Override
        public String toString() {
            return how;
        }
    }

    static Stream<Written> ways() {
        return Stream.of(
                Written.plain("plain", TWO),
                Written.plain("without a last line end", TWO.stripTrailing()),
                Written.plain("byte order mark", "\uFEFF" + TWO),
                Written.plain("byte order mark and quotes", "\uFEFF" + TWO.replace("location", "\"location\"")),
                Written.plain("CR LF", TWO.replace("\n", "\r\n")),
                Written.plain("CR", TWO.replace("\n", "\r")),
                Written.plain("blank lines", TWO.replace("\n", "\n\n")),
                Written.plain("semicolons", TWO.replace(',', ';')),
                Written.plain("tabs", TWO.replace(',', '\t')),
                Written.plain("bars", TWO.replace(',', '|')),
                Written.plain("everything in quotes", TWO.replaceAll("[^,\n]+", "\"$0\"")),
                Written.plain("other names of columns", TWO.replace("location,part", "LOCATION_CODE,Part Number")),
                Written.plain(
                        "another order and columns that nobody knows",
                        "x,note,quantity,y,type,part,location\n?,one,2,,RECEIPT,B-1,W1\n?,two,3.5,,RECEIPT,B-1,W1\n"),
                Written.of("named delimiter", "?delimiter=tab", TWO.replace(',', '\t'), "one", "two"),
                Written.of("mapping", "?mapping=wo=location", TWO.replace("location", "wo"), "one", "two"),
                Written.of("line end in quotes", "", TWO.replace("one", "\"o\nne\""), "o\nne", "two"),
                Written.of("CR LF in quotes", "", TWO.replace("one", "\"o\r\nne\""), "o\r\nne", "two"),
                Written.of("quotes in quotes", "", TWO.replace("two", "\"\"\"t\"\",w\""), "one", "\"t\",w"),
                Written.of("quote amid a field", "", TWO.replace("two", "2\" pipe"), "one", "2\" pipe"),
                Written.of("UTF-8", "", TWO.replace("two", "zw\u00f6lf \u20ac"), "one", "zw\u00f6lf \u20ac"),
                Written.of(
                        "ISO-8859-1",
                        "?charset=ISO-8859-1",
                        TWO.replace("two", "zw\u00f6lf"),
                        StandardCharsets.ISO_8859_1,
                        "one",
                        "zw\u00f6lf"),
                Written.of("decimal comma", "?decimal=,", TWO.replace(',', ';').replace("3.5", "3,5"), "one", "two"),
                Written.of("decimal comma in quotes", "?decimal=,", TWO.replace("3.5", "\"3,5\""), "one", "two"));
    }

    @BeforeEach
    void makesAPlaceAndAPart() {
        SentFile.location(admin, "W1");
        admin.post("/api/parts", Map.of("partNumber", "B-1", "description", "Bolt", "decimals", 3))
                .expectStatus()
                .isCreated();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void readsAFileHoweverItIsWritten(Written file) {
        JsonNode done = SentFile.send(admin, "movements" + file.options(), CSV, file.bytes())
                .succeeded();

        assertThat(SentFile.counters(done)).as(done.toString()).containsExactly(2L, 0L, 0L, 0L);
        assertThat(ledger()).containsExactly("3.5 " + file.second(), "2 " + file.first());
    }

    /** Newest first. */
    private List<String> ledger() {
        return SentFile.json(
                        admin.get("/api/movements?limit=200").expectStatus().isOk())
                .get("items")
                .valueStream()
                .map(it -> it.get("quantity").asString() + " " + it.get("note").asString())
                .toList();
    }

    private record Fault(String how, String options, byte[] line, String code, String field) {

        static Fault of(String how, String options, String line, String code, String field) {
            return new Fault(how, options, line.getBytes(StandardCharsets.ISO_8859_1), code, field);
        }

        @Override
        public String toString() {
            return how;
        }
    }

    static Stream<Fault> faults() {
        return Stream.of(
                Fault.of("a quote that does not end", "", "W1,B-1,RECEIPT,1,\"one", "unclosed-quote", ""),
                Fault.of("a long line", "", "W1,B-1,RECEIPT,1," + "x".repeat(1 << 16), "line-too-long", ""),
                Fault.of("bytes of another charset", "", "W1,B-1,RECEIPT,1,zw\u00f6lf", "malformed-text", ""),
                Fault.of("too many fields", "", "W1,B-1,RECEIPT,1,one,two", "too-many-fields", ""),
                Fault.of("too few fields", "", "W1,B-1,RECEIPT", "required", "Quantity"),
                Fault.of("a word for a number", "", "W1,B-1,RECEIPT,many,one", "wrong-type", "Quantity"),
                Fault.of("a decimal point", "?decimal=,", "W1,B-1,RECEIPT,1.5,one", "wrong-type", "Quantity"),
                Fault.of("a type that is none", "", "W1,B-1,GIFT,1,one", "unknown-value", "Type"),
                Fault.of("a long note", "", "W1,B-1,RECEIPT,1," + "x".repeat(1001), "out-of-range", "Note"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void failsAFaultyLineAloneAndNamesItsFault(Fault fault) {
        byte[] before = (HEADER + "W1,B-1,RECEIPT,1,before\n").getBytes(StandardCharsets.UTF_8);
        byte[] after = "\nW1,B-1,RECEIPT,1,after\n".getBytes(StandardCharsets.UTF_8);

        SentFile file = SentFile.send(admin, "movements" + fault.options(), CSV, joined(before, fault.line(), after));

        assertThat(SentFile.counters(file.succeeded())).containsExactly(2L, 0L, 0L, 1L);
        JsonNode failed = file.lines("FAILED").get(0);
        assertThat(failed.get("line").asInt()).isEqualTo(3);
        assertThat(failed.get("code").asString()).isEqualTo(fault.code());
        assertThat(failed.path("field").asString("")).isEqualTo(fault.field());
        assertThat(ledger()).containsExactly("1 after", "1 before");
    }

    private static byte[] joined(byte[]... parts) {
        var out = new java.io.ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    @Test
    void failsAQuoteThatDoesNotEndBeforeTheFileDoes() {
        SentFile file = SentFile.csv(admin, "movements", HEADER + "W1,B-1,RECEIPT,1,one\nW1,B-1,RECEIPT,1,\"two");

        assertThat(SentFile.counters(file.succeeded())).containsExactly(1L, 0L, 0L, 1L);
        assertThat(file.lines("FAILED").get(0).get("code").asString()).isEqualTo("unclosed-quote");
    }

    @Test
    void readsTimesAsTheOptionsSay() {
        String text =
                "location;part;type;quantity;date\nW1;B-1;RECEIPT;2;31.01.2026 12:30\nW1;B-1;RECEIPT;2;2026-01-31\n";

        SentFile file = SentFile.csv(admin, "movements?dateFormat=dd.MM.yyyy HH:mm&timeZone=Europe/Berlin", text);

        assertThat(SentFile.counters(file.succeeded())).containsExactly(1L, 0L, 0L, 1L);
        assertThat(file.lines("FAILED").get(0).get("field").asString()).isEqualTo("OccurredAt");
        assertThat(SentFile.json(admin.get("/api/movements"))
                        .get("items")
                        .get(0)
                        .get("occurredAt")
                        .asString())
                .isEqualTo("2026-01-31T11:30:00Z");
    }

    @Test
    void failsAFileWithoutAColumnThatItNeedsAndNamesTheColumn() {
        JsonNode ended = SentFile.csv(admin, "movements", TWO.replace("quantity", "amount"))
                .ended();

        assertThat(ended.get("state").asString()).isEqualTo("FAILED");
        assertThat(ended.get("error").asString()).isEqualTo("missing-column: the file has no column Quantity");
        assertThat(ledger()).isEmpty();
    }

    @Test
    void findsNothingInAFileWithoutLines() {
        for (String text : List.of("", "\r\n\r\n", HEADER, HEADER.stripTrailing())) {
            JsonNode done = SentFile.csv(admin, "movements", text).succeeded();

            assertThat(SentFile.counters(done)).containsExactly(0L, 0L, 0L, 0L);
        }
    }

    @Test
    void takesItsRejectsAgainOnceTheyAreMended() {
        String text = "note;location;part;type;quantity\n"
                + "\"say \"\"hi\"\"; and\nbye\";W1;B-1;RECEIPT;many\n"
                + "one;W1;B-1;RECEIPT;1\n"
                + "two;W1;B-1;RECEIPT;\"few\n"
                + "three;W1;B-1;RECEIPT;1\n";
        SentFile file = SentFile.csv(admin, "movements", text);
        assertThat(SentFile.counters(file.succeeded())).containsExactly(2L, 0L, 0L, 2L);

        String mended = file.rejects().replace("many", "3").replace("few", "4");

        assertThat(SentFile.counters(SentFile.csv(admin, "movements", mended).succeeded()))
                .containsExactly(2L, 0L, 0L, 0L);
        assertThat(ledger()).containsExactly("4 two", "3 say \"hi\"; and\nbye", "1 three", "1 one");
    }
}
