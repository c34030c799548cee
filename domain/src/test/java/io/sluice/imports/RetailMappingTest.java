package io.sluice.imports;

import static io.sluice.imports.ImportResource.RETAIL;
import static io.sluice.imports.TestFiles.map;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.inventory.MovementType;
import io.sluice.shared.Quantity;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetailMappingTest {

    private static final String HEADER =
            "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

    private static Mapped line(String text) {
        return map(RETAIL, HEADER + text).getFirst();
    }

    private static Mapped.Posting posting(String text) {
        return (Mapped.Posting) line(text);
    }

    @Test
    void issuesWhatIsSold() {
        var sale = posting("536365,85123A,HEART,6,12/1/2010 8:26,2.55,17850,United Kingdom");

        assertThat(sale.type()).isEqualTo(MovementType.ISSUE);
        assertThat(sale.quantity()).isEqualTo(Quantity.of(6));
        assertThat(sale.unitPrice()).isEqualByComparingTo("2.55");
        assertThat(sale.customer()).isEqualTo("17850");
        assertThat(sale.country()).isEqualTo("United Kingdom");
        assertThat(Objects.requireNonNull(sale.reference()).id()).isEqualTo("536365");
        assertThat(sale.at()).isEqualTo(Mapped.Moment.of(LocalDateTime.of(2010, 12, 1, 8, 26)));
    }

    @Test
    void returnsWhatACancellationBringsBack() {
        var back = posting("C536379,22000,X,-2,2010-12-01T09:41,4.5,,United Kingdom");

        assertThat(back.type()).isEqualTo(MovementType.RETURN);
        assertThat(back.quantity()).isEqualTo(Quantity.of(2));
        assertThat(back.customer()).isNull();
    }

    @Test
    void correctsByAnyOtherNegativeLine() {
        var lost = posting("536589,21777,,-10,2010-12-01T16:50,0.0,,United Kingdom");

        assertThat(lost.type()).isEqualTo(MovementType.ADJUSTMENT);
        assertThat(lost.quantity()).isEqualTo(Quantity.of(-10));
        assertThat(lost.reason()).isEqualTo("RETAIL_CORRECTION");
    }

    @Test
    void testsSkipsFirst() {
        assertThat(skip("1,A,,0,broken,1,,UK")).isEqualTo("zero-quantity");
        assertThat(skip("A563186,B,,1,broken,-11062.06,,UK")).isEqualTo("negative-price");
        assertThat(skip("1,POST,,1,broken,18,,France")).isEqualTo("non-stock");
    }

    private static String skip(String text) {
        return ((Mapped.Skipped) line(text)).code();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"POST", "DOT", "M", "m", "C2", "S", "D", "B", "BANK CHARGES", "AMAZONFEE", "CRUK", "gift_0001_20"
            })
    void knowsCodesThatAreNoGoods(String code) {
        assertThat(skip("1," + code + ",,1,2010-12-01T08:26,1,,UK")).isEqualTo("non-stock");
    }

    @ParameterizedTest
    @ValueSource(strings = {"post", "DCGSSGIRL", "PADS", "M1"})
    void takesOtherCodesForGoods(String code) {
        assertThat(posting("1," + code + ",,1,2010-12-01T08:26,1,,UK").part()).isEqualTo(code);
    }

    @Test
    void namesTheColumnThatIsWrong() {
        assertThat(fault("1,A,,six,2010-12-01T08:26,1,,UK")).isEqualTo("Quantity");
        assertThat(fault("1,A,,1,yesterday,1,,UK")).isEqualTo("InvoiceDate");
        assertThat(fault("1,A,,1,2010-12-01T08:26,,,UK")).isEqualTo("UnitPrice");
        assertThat(fault(",A,,1,2010-12-01T08:26,1,,UK")).isEqualTo("InvoiceNo");
        assertThat(fault("1,,,1,2010-12-01T08:26,1,,UK")).isEqualTo("StockCode");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2/30/2011 8:26", "13/1/2011 8:26", "2011-02-30T08:26", "2/29/2011", "1/1/2011 24:30"})
    void refusesADayThatIsNoneInsteadOfTheNextBest(String date) {
        assertThat(fault("1,A,,1," + date + ",1,,UK")).isEqualTo("InvoiceDate");
    }

    @Test
    void takesATimeWithAnOffsetAsItIs() {
        var sale = posting("1,A,,1,2010-12-01T08:26:00+01:00,1,,UK");

        assertThat(sale.at()).isEqualTo(new Mapped.Moment(Instant.parse("2010-12-01T07:26:00Z"), null));
        assertThat(surveyed("1,A,,1,2010-12-01T08:26:00+01:00,1,,UK").figures(0))
                .containsEntry("firstDate", "2010-12-01T07:26");
    }

    private static String fault(String text) {
        var failed = (Mapped.Failed) line(text);
        return Objects.requireNonNull(
                ImportLine.failed(failed.line(), null, failed.problem()).field());
    }

    @Test
    void numbersTheLinesOfAnInvoiceWhereTheFileDoesNot() {
        var lines = map(RETAIL, HEADER + """
                1,A,,1,2010-12-01T08:26,1,,UK
                2,A,,1,2010-12-01T08:26,1,,UK
                1,A,,1,2010-12-01T08:26,1,,UK
                """);

        assertThat(lines).extracting(Mapped::key).containsExactly("1/1", "2/1", "1/2");
    }

    @Test
    void takesTheFilesOwnNumbers() {
        var lines = map(RETAIL, """
                invoice_no,line,ts,stock_code,quantity,unit_price,customer_id,country
                536365,7,2010-12-01T08:26,85123A,6,2.55,17850,United Kingdom
                """);

        assertThat(lines.getFirst().key()).isEqualTo("536365/7");
    }

    @Test
    void findsTheSmallestOpeningsInTheOrderOfTheFile() {
        var survey = surveyed("""
                1,A,,4,2010-12-01T08:26,1,,UK
                C1,A,,-3,2010-12-01T09:26,1,,UK
                2,A,,5,2010-12-01T10:26,1,,UK
                C2,B,,-3,2010-12-01T10:26,1,,UK
                3,B,,2,2010-12-01T10:26,1,,UK
                """);

        assertThat(survey.needed()).hasSize(1);
        assertThat(survey.needed().getFirst().row()).isEqualTo(new RetailSurvey.Row("", "A"));
        assertThat(survey.needed().getFirst().quantity()).isEqualTo(Quantity.of(6));
    }

    @Test
    void countsTheFallOfALineOnceHoweverOftenItStandsInTheFile() {
        var survey = new RetailSurvey(new RetailMapping(TestFiles.OPTIONS));
        map(RETAIL, """
                Invoice,Line,StockCode,Quantity,InvoiceDate,Price
                1,2,A,4,2010-12-01T08:26,1
                1,1,A,5,2010-12-01T08:26,1
                1,2,A,4,2010-12-01T08:26,1
                1,02,A,1,2010-12-01T08:26,1
                1,x,A,2,2010-12-01T08:26,1
                1,x,A,2,2010-12-01T08:26,1
                1,34,A,0,2010-12-01T08:26,1
                1,34,A,8,2010-12-01T08:26,1
                2,1,A,3,2010-12-01T08:26,1
                """).forEach(line -> survey.add(line, false));

        assertThat(survey.needed()).extracting(RetailSurvey.Needed::quantity).containsExactly(Quantity.of(15));
    }

    @Test
    void describesArticlesByTheirFirstWordsAndLastPrice() {
        var survey = surveyed("""
                1,A,,4,2010-12-01T08:26,1,7,UK
                1,A,HEART,4,2010-12-01T08:26,3,8,UK
                1,A,heart,4,2010-12-02T08:26,0,7,UK
                1,POST,POSTAGE,4,2010-12-02T08:26,18,,UK
                """);

        List<RetailSurvey.Item> items = List.copyOf(survey.items());
        assertThat(items).extracting(RetailSurvey.Item::code).containsExactly("A", "POST");
        assertThat(items.getFirst().description()).isEqualTo("HEART");
        assertThat(items.getFirst().price()).isEqualTo(new BigDecimal("3"));
        assertThat(items.getLast().isService()).isTrue();
        assertThat(survey.figures(0)).containsEntry("parts", 1L).containsEntry("customers", 2);
    }

    private static RetailSurvey surveyed(String text) {
        var survey = new RetailSurvey(new RetailMapping(TestFiles.OPTIONS));
        map(RETAIL, HEADER + text).forEach(line -> survey.add(line, false));
        return survey;
    }

    private static Mapped german(String text) {
        var options = new ImportOptions(
                false,
                ImportOptions.Mode.HISTORY,
                ImportOptions.Opening.NONE,
                null,
                false,
                ImportOptions.ShiftDates.NONE,
                0,
                true,
                false,
                ';',
                "UTF-8",
                ',',
                "dd.MM.yyyy HH:mm",
                null,
                null,
                Map.of("Beleg", "InvoiceNo"));
        return map(RETAIL, options, "Beleg;StockCode;Quantity;InvoiceDate;UnitPrice\n" + text)
                .getFirst();
    }

    @Test
    void refusesNumbersAndDatesThatTheOptionsMakeNoSenseOf() {
        assertThat(german("1;A;1;01.12.2010 08:26;2.55")).isInstanceOf(Mapped.Failed.class);
        assertThat(german("1;A;1.00;01.12.2010 08:26;2,55")).isInstanceOf(Mapped.Failed.class);
        assertThat(german("1;A;1;31.02.2010 08:26;2,55")).isInstanceOf(Mapped.Failed.class);
    }

    @Test
    void readsNumbersAndDatesAsTheOptionsSay() {
        var sale = (Mapped.Posting) german("1;A;1.000;01.12.2010 08:26;2,55");

        assertThat(sale.quantity()).isEqualTo(Quantity.of(1000));
        assertThat(sale.unitPrice()).isEqualByComparingTo("2.55");
        assertThat(sale.at()).isEqualTo(Mapped.Moment.of(LocalDateTime.of(2010, 12, 1, 8, 26)));
    }
}
