package io.sluice.inventory;

import static io.sluice.inventory.Shelving.BERLIN;
import static io.sluice.inventory.Shelving.BOLT;
import static io.sluice.inventory.Shelving.BOLTS_IN_BERLIN;
import static io.sluice.inventory.Shelving.applied;
import static io.sluice.inventory.Shelving.inUnit;
import static io.sluice.inventory.Shelving.issue;
import static io.sluice.inventory.Shelving.limited;
import static io.sluice.inventory.Shelving.move;
import static io.sluice.inventory.Shelving.receipt;
import static io.sluice.inventory.Shelving.refusalOf;
import static io.sluice.inventory.Shelving.reversing;
import static io.sluice.inventory.Shelving.unreasoned;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shared.Ids;
import io.sluice.shared.Problem;
import io.sluice.shared.Quantity;
import java.math.BigDecimal;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShelfTest {

    @Test
    void takesTheLastPieceAndNotOneMore() {
        Shelf shelf = Shelving.holding(2).shelf();

        assertThat(applied(shelf.decide(issue(2))).row().quantity()).isEqualTo(Quantity.ZERO);
        assertThat(refusalOf(shelf.decide(issue(1)))).isEqualTo("insufficient-stock");
        assertThat(shelf.row(BOLTS_IN_BERLIN).quantity()).isEqualTo(Quantity.ZERO);
    }

    @ParameterizedTest
    @EnumSource(
            value = MovementType.class,
            names = {"ISSUE", "SCRAP"})
    void refusesADecreaseOfARowThatDoesNotExist(MovementType type) {
        Shelf shelf = Shelving.empty().shelf();

        assertThat(refusalOf(shelf.decide(move(type, "1")))).isEqualTo("insufficient-stock");
        assertThat(shelf.newRows()).isEmpty();
    }

    @Test
    void refusesAnAdjustmentBelowNothing() {
        Shelf shelf = Shelving.holding(3).shelf();

        assertThat(refusalOf(shelf.decide(move(MovementType.ADJUSTMENT, "-4")))).isEqualTo("insufficient-stock");
        assertThat(applied(shelf.decide(move(MovementType.ADJUSTMENT, "-3")))
                        .row()
                        .quantity())
                .isEqualTo(Quantity.ZERO);
    }

    @Test
    void namesTheFiguresOfARefusal() {
        Shelf shelf = Shelving.empty()
                .row(Shelving.row(10, 3, 2, null, Thresholds.NONE))
                .shelf();

        var refused = (MoveOutcome.Rejected) shelf.decide(issue(6));

        assertThat(refused.problem()).isInstanceOf(Problem.Conflict.class);
        assertThat(refused.problem().code()).isEqualTo("insufficient-available");
        assertThat(refused.problem().details())
                .isEqualTo(Map.of(
                        "locationId", BERLIN,
                        "partId", BOLT,
                        "wanted", Quantity.of(6),
                        "quantity", Quantity.of(10),
                        "held", Quantity.of(3),
                        "reserved", Quantity.of(2),
                        "available", Quantity.of(5)));
    }

    @Test
    void saysWhetherItIsNotThereOrNotFree() {
        Shelf shelf = Shelving.empty()
                .row(Shelving.row(10, 3, 2, null, Thresholds.NONE))
                .shelf();

        assertThat(refusalOf(shelf.decide(issue(11)))).isEqualTo("insufficient-stock");
        assertThat(refusalOf(shelf.decide(issue(10)))).isEqualTo("insufficient-available");
        assertThat(applied(shelf.decide(issue(5))).row().available()).isEqualTo(Quantity.ZERO);
    }

    @ParameterizedTest
    @EnumSource(
            value = MovementType.class,
            names = {"ADJUSTMENT", "SCRAP"})
    void wantsAReasonForACorrection(MovementType type) {
        Shelf shelf = Shelving.holding(5).shelf();

        assertThat(refusalOf(shelf.decide(unreasoned(move(type, "1"))))).isEqualTo("reason-required");
        applied(shelf.decide(move(type, "1")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.5", "1.001", "3.1"})
    void refusesAFractionOfAnIndivisiblePart(String quantity) {
        Shelf shelf = Shelving.holding(5).shelf();

        assertThat(refusalOf(shelf.decide(move(MovementType.ISSUE, quantity)))).isEqualTo("quantity-precision");
    }

    @Test
    void takesTheDecimalsOfThePart() {
        Shelf shelf = Shelving.holding(5).decimals(2).shelf();

        assertThat(applied(shelf.decide(move(MovementType.ISSUE, "0.25"))).row().quantity())
                .isEqualTo(Quantity.of(new BigDecimal("4.75")));
        assertThat(refusalOf(shelf.decide(move(MovementType.ISSUE, "0.125")))).isEqualTo("quantity-precision");
    }

    @Test
    void opensARowOnce() {
        Shelf shelf = Shelving.empty().shelf();

        assertThat(applied(shelf.decide(move(MovementType.OPENING, "7"))).row().quantity())
                .isEqualTo(Quantity.of(7));
        assertThat(refusalOf(shelf.decide(move(MovementType.OPENING, "7")))).isEqualTo("illegal-transition");
    }

    @Test
    void refusesAnOpeningAfterAnyOtherMovement() {
        Shelf shelf = Shelving.empty().shelf();

        applied(shelf.decide(receipt(1)));
        applied(shelf.decide(issue(1)));

        assertThat(refusalOf(shelf.decide(move(MovementType.OPENING, "7")))).isEqualTo("illegal-transition");
    }

    @Test
    void opensARowThatWasOnlyConfigured() {
        Shelf shelf = Shelving.empty().shelf();

        shelf.configure(BOLTS_IN_BERLIN, Shelving.thresholds(5, 1));

        assertThat(applied(shelf.decide(move(MovementType.OPENING, "7"))).row().version())
                .isEqualTo(2);
    }

    @Test
    void refusesAnUnknownPartAnUnknownPlaceAndAClosedOne() {
        Shelf shelf = Shelving.holding(5).shelf();
        Shelf closed = Shelving.holding(5).closed().shelf();

        var noPart = Move.of(BERLIN, Ids.next(), MovementType.RECEIPT, Quantity.of(1));
        var noPlace = Move.of(Ids.next(), BOLT, MovementType.RECEIPT, Quantity.of(1));

        assertThat(refusalOf(shelf.decide(noPart))).isEqualTo("unknown-part");
        assertThat(refusalOf(shelf.decide(noPlace))).isEqualTo("unknown-location");
        assertThat(refusalOf(closed.decide(receipt(1)))).isEqualTo("unknown-location");
    }

    @Test
    void keepsNoStockOfAService() {
        Shelf shelf = Shelving.empty().type(Part.Type.SERVICE).shelf();

        assertThat(refusalOf(shelf.decide(receipt(1)))).isEqualTo("not-stocked");
    }

    @Test
    void takesTheBaseUnitAndNoOther() {
        Shelf shelf = Shelving.empty().shelf();

        assertThat(refusalOf(shelf.decide(inUnit(receipt(1), "KG")))).isEqualTo("unit-not-convertible");
        applied(shelf.decide(inUnit(receipt(1), "EA")));
    }

    @Test
    void weighsTheAverageCostByQuantity() {
        Shelf shelf = Shelving.empty().shelf();

        applied(shelf.decide(receipt(10, "2.00")));
        applied(shelf.decide(receipt(30, "4.00"))); // (20 + 120) / 40
        assertThat(shelf.row(BOLTS_IN_BERLIN).averageCost()).isEqualByComparingTo("3.5");

        applied(shelf.decide(issue(39)));
        assertThat(shelf.row(BOLTS_IN_BERLIN).averageCost()).isEqualByComparingTo("3.5");

        applied(shelf.decide(receipt(2, "1.00"))); // (3.5 + 2) / 3
        assertThat(shelf.row(BOLTS_IN_BERLIN).averageCost()).isEqualByComparingTo("1.8333");
    }

    @Test
    void keepsTheAverageCostWhereAReceiptNamesNone() {
        Shelf shelf = Shelving.empty().shelf();

        applied(shelf.decide(receipt(10, "2.00")));
        applied(shelf.decide(receipt(10)));
        applied(shelf.decide(move(MovementType.RETURN, "5")));

        assertThat(shelf.row(BOLTS_IN_BERLIN).averageCost()).isEqualByComparingTo("2");
    }

    @Test
    void takesTheCostOfAReversedReceiptOutOfTheAverage() {
        Shelf shelf = Shelving.empty().shelf();
        Move dear = receipt(10, "3.00");

        applied(shelf.decide(receipt(10, "1.00")));
        applied(shelf.decide(dear));
        applied(shelf.decide(reversing(dear)));

        assertThat(shelf.row(BOLTS_IN_BERLIN).quantity()).isEqualTo(Quantity.of(10));
        assertThat(shelf.row(BOLTS_IN_BERLIN).averageCost()).isEqualByComparingTo("1");
    }

    @Test
    void refusesToReverseAReceiptWhoseGoodsAreGone() {
        Shelf shelf = Shelving.empty().shelf();
        Move receipt = receipt(10, "3.00");

        applied(shelf.decide(receipt));
        applied(shelf.decide(issue(1)));

        assertThat(refusalOf(shelf.decide(reversing(receipt)))).isEqualTo("insufficient-stock");
    }

    @Test
    void limitsTheValueOfACorrection() {
        Shelf shelf = Shelving.empty()
                .row(Shelving.row(100, 0, 0, "10.00", Thresholds.NONE))
                .shelf();

        assertThat(refusalOf(shelf.decide(limited(move(MovementType.ADJUSTMENT, "-11"), "100"))))
                .isEqualTo("approval-limit");
        assertThat(refusalOf(shelf.decide(limited(move(MovementType.ADJUSTMENT, "11"), "100"))))
                .isEqualTo("approval-limit");
        applied(shelf.decide(limited(move(MovementType.SCRAP, "10"), "100")));
    }

    @Test
    void valuesACorrectionByTheStandardCostElseByThePrice() {
        Shelf standard = Shelving.holding(100).standardCost("50").shelf();
        Shelf price = Shelving.holding(100).price("25").shelf();
        Shelf nothing = Shelving.holding(100).price(null).shelf();

        assertThat(refusalOf(standard.decide(limited(move(MovementType.SCRAP, "3"), "100"))))
                .isEqualTo("approval-limit");
        applied(price.decide(limited(move(MovementType.SCRAP, "4"), "100")));
        assertThat(refusalOf(price.decide(limited(move(MovementType.SCRAP, "5"), "100"))))
                .isEqualTo("approval-limit");
        applied(nothing.decide(limited(move(MovementType.SCRAP, "99"), "100")));
    }

    @Test
    void pricesAnIssueWithThePriceOfTheMoment() {
        Shelf shelf = Shelving.holding(5).price("2.50").shelf();

        assertThat(applied(shelf.decide(issue(1))).movement().unitPrice()).isEqualByComparingTo("2.5");
        assertThat(applied(shelf.decide(receipt(1))).movement().unitPrice()).isNull();
    }

    @Test
    void numbersTheVersionsOfARow() {
        Shelf shelf = Shelving.empty().shelf();

        applied(shelf.decide(receipt(1)));
        applied(shelf.decide(receipt(1)));

        assertThat(shelf.newRows()).singleElement().satisfies(row -> {
            assertThat(row.version()).isEqualTo(2);
            assertThat(row.movements()).isEqualTo(2);
        });
    }

    @Test
    void refusesMoreThanARowCanHold() {
        Shelf shelf = Shelving.holding(999_999_999_999_999L).shelf();

        assertThat(refusalOf(shelf.decide(receipt(1)))).isEqualTo("quantity-range");
        assertThat(shelf.row(BOLTS_IN_BERLIN).quantity()).isEqualTo(Quantity.of(999_999_999_999_999L));
    }

    @Test
    void refusesAMovementOfNothingAndANegativeIssue() {
        assertThatThrownBy(() -> issue(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> issue(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
