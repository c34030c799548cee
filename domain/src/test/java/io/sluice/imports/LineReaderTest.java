package io.sluice.imports;

import static io.sluice.imports.TestFiles.read;
import static io.sluice.imports.TestFiles.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sluice.shared.FieldError;
import io.sluice.shared.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineReaderTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 1000})
    void readsQuotedFieldsWithDelimitersQuotesAndLineEndsHoweverTheBytesArrive(int portion) {
        var lines = read("a,b\r\n\"x, \"\"y\"\"\nz\",2\r\n3,4", portion, "a", "b");

        assertThat(lines).extracting(TestFiles::values).containsExactly(List.of("x, \"y\"\nz", "2"), List.of("3", "4"));
        assertThat(lines).extracting(SourceLine::number).containsExactly(2L, 4L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 1000})
    void endsLinesWithAReturnAloneToo(int portion) {
        var lines = read("a;b\r\"x\rz\";2\r\r3;\"4\r5;6\r7;8", portion, "a", "b");

        assertThat(lines).extracting(SourceLine::number).containsExactly(2L, 5L, 6L, 7L);
        assertThat(values(lines.get(0))).containsExactly("x\rz", "2");
        assertThat(codeOf(lines.get(1))).isEqualTo("unclosed-quote");
        assertThat(lines.subList(2, 4))
                .extracting(TestFiles::values)
                .containsExactly(List.of("5", "6"), List.of("7", "8"));
    }

    @Test
    void findsTheDelimiterInTheHeader() {
        assertThat(values(read("a;b\n1,5;2", 100, "a", "b").getFirst())).containsExactly("1,5", "2");
        assertThat(values(read("a\tb\n1,5\t2", 100, "a", "b").getFirst())).containsExactly("1,5", "2");
        assertThat(values(read("a|b\n1,5|2", 100, "a", "b").getFirst())).containsExactly("1,5", "2");
    }

    @Test
    void matchesColumnsWithoutCaseBlanksAndUnderscores() {
        var lines = read("\uFEFFSTOCK_CODE, Unit Price ,other\nA1,2,x", 100, "!StockCode", "UnitPrice|Price");

        assertThat(values(lines.getFirst())).containsExactly("A1", "2");
    }

    @Test
    void leavesOutBlankLinesAndKeepsCounting() {
        var lines = read("a\n\n1\n   \r\n2\n", 100, "a");

        assertThat(lines).extracting(SourceLine::number).containsExactly(3L, 5L);
    }

    @Test
    void refusesAFileWithoutAColumnThatMustBeThere() {
        assertThatExceptionOfType(Problem.Invalid.class)
                .isThrownBy(() -> read("a,b\n1,2", 100, "!quantity"))
                .satisfies(problem -> assertThat(problem.code()).isEqualTo("missing-column"))
                .withMessageContaining("quantity");
    }

    @Test
    void refusesAFileThatHasAColumnTwice() {
        assertThatExceptionOfType(Problem.Invalid.class)
                .isThrownBy(() -> read("Invoice,b,invoice_no\n1,2,3", 100, "InvoiceNo|Invoice", "b"))
                .satisfies(problem -> assertThat(problem.code()).isEqualTo("duplicate-column"))
                .withMessageContaining("invoice_no");
    }

    @Test
    void takesColumnsThatNobodyReadsAsOftenAsTheyStandThere() {
        var reader = new LineReader(Columns.of("a"), ImportFormat.CSV, TestFiles.OPTIONS, _ -> Map.of());

        var lines = reader.read("note,a,note,\nx,1,y,\n".getBytes(StandardCharsets.UTF_8));

        assertThat(values(lines.getFirst())).containsExactly("1");
        assertThat(reader.header()).containsExactly("note", "a", "note", "");
    }

    @Test
    void takesAQuoteThatIsNeverClosedForAFaultOfItsOwnLine() {
        var lines = read("a,b\n\"1,2\n3,4\n5,6\n", 100, "a", "b");

        assertThat(lines).extracting(SourceLine::number).containsExactly(2L, 3L, 4L);
        assertThat(codeOf(lines.getFirst())).isEqualTo("unclosed-quote");
        assertThat(values(lines.getLast())).containsExactly("5", "6");
    }

    @Test
    void refusesALineThatIsTooLongAlone() {
        var lines = read("a\n" + "x".repeat(LineReader.LONGEST + 1) + "\n2\n", 1000, "a");

        assertThat(codeOf(lines.getFirst())).isEqualTo("line-too-long");
        assertThat(values(lines.getLast())).containsExactly("2");
    }

    @Test
    void refusesMoreFieldsThanTheHeaderHasAndTakesFewer() {
        var lines = read("a,b\n1,2,3\n1\n", 100, "a", "b");

        assertThat(codeOf(lines.getFirst())).isEqualTo("too-many-fields");
        assertThat(values(lines.getLast())).containsExactly("1", null);
    }

    @Test
    void refusesBytesThatAreNoText() {
        var reader = new LineReader(Columns.of("a"), ImportFormat.CSV, TestFiles.OPTIONS, _ -> Map.of());

        var lines = reader.read("a\nM\u00fcller\n".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(codeOf(lines.getFirst())).isEqualTo("malformed-text");
    }

    @Test
    void writesWhatItReads() {
        String line = Csv.write(List.of("a,b", "say \"hi\"", "two\nlines", "plain"), ',');

        assertThat(Csv.parse(line.stripTrailing(), ',')).containsExactly("a,b", "say \"hi\"", "two\nlines", "plain");
    }

    private static String codeOf(SourceLine line) {
        return Objects.requireNonNullElse(line.fault(), new FieldError("", "none", ""))
                .code();
    }
}
