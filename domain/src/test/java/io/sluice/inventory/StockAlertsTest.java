package io.sluice.inventory;

import static io.sluice.inventory.Shelving.BOLTS_IN_BERLIN;
import static io.sluice.inventory.Shelving.NOON;
import static io.sluice.inventory.Shelving.applied;
import static io.sluice.inventory.Shelving.eventsOf;
import static io.sluice.inventory.Shelving.issue;
import static io.sluice.inventory.Shelving.receipt;
import static io.sluice.inventory.Shelving.thresholds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.log.Event;
import io.sluice.shared.Problem;
import io.sluice.shared.Quantity;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Thresholds 10 and 4 unless a test says otherwise: the state table of INV-62 to INV-64. */
class StockAlertsTest {

    private static final String CHANGED = "stock.changed";
    private static final String OPENED = "stock.alert.opened";
    private static final String UPDATED = "stock.alert.updated";
    private static final String RESOLVED = "stock.alert.resolved";

    private static Shelving low(long units) {
        return Shelving.holding(units).partThresholds(thresholds(10, 4));
    }

    @Test
    void opensNothingAboveTheThreshold() {
        assertThat(eventsOf(low(20).shelf().decide(issue(9)))).containsExactly(CHANGED);
    }

    @Test
    void opensWhenTheThresholdIsReachedAndOnlyThen() {
        Shelf shelf = low(12).shelf();

        assertThat(eventsOf(shelf.decide(issue(1)))).containsExactly(CHANGED);
        assertThat(eventsOf(shelf.decide(issue(1)))).containsExactly(CHANGED, OPENED);
        assertThat(shelf.openedAlerts()).singleElement().satisfies(alert -> {
            assertThat(alert.level()).isEqualTo(StockAlert.Level.LOW);
            assertThat(alert.quantity()).isEqualTo(Quantity.of(10));
            assertThat(alert.threshold()).isEqualTo(Quantity.of(10));
        });
    }

    @Test
    void opensOnceWhateverFallsAfterIt() {
        Shelf shelf = low(11).shelf();

        assertThat(eventsOf(shelf.decide(issue(1)))).containsExactly(CHANGED, OPENED);
        assertThat(eventsOf(shelf.decide(issue(1)))).containsExactly(CHANGED, UPDATED);
        assertThat(eventsOf(shelf.decide(issue(1)))).containsExactly(CHANGED, UPDATED);
        assertThat(shelf.openedAlerts())
                .singleElement()
                .extracting(StockAlert::quantity)
                .isEqualTo(Quantity.of(8));
    }

    @Test
    void opensBothWithOneMovementTheCriticalNamingTheLow() {
        Shelf shelf = low(20).shelf();

        List<Event> events = applied(shelf.decide(issue(16))).events();

        assertThat(events.stream().map(event -> event.type().name())).containsExactly(CHANGED, OPENED, OPENED);
        assertThat(shelf.openedAlerts().stream().map(StockAlert::level))
                .containsExactly(StockAlert.Level.LOW, StockAlert.Level.CRITICAL);
        assertThat(shelf.openedAlerts().get(1).raisedFrom())
                .isEqualTo(shelf.openedAlerts().get(0).id());
        assertThat(events.get(2).payload().get("raisedFromId"))
                .isEqualTo(shelf.openedAlerts().get(0).id());
    }

    @Test
    void opensTheCriticalLaterThanTheLow() {
        Shelf shelf = low(11).shelf();

        applied(shelf.decide(issue(2)));
        assertThat(eventsOf(shelf.decide(issue(5)))).containsExactly(CHANGED, UPDATED, OPENED);
    }

    @Test
    void opensNothingByARiseThatStaysBelow() {
        Shelf shelf = low(1).shelf();

        assertThat(eventsOf(shelf.decide(receipt(1)))).containsExactly(CHANGED);
        assertThat(shelf.openedAlerts()).isEmpty();
    }

    @Test
    void resolvesOnlyTheCriticalByARiseBetweenTheTwo() {
        Shelf shelf = low(20).shelf();
        applied(shelf.decide(issue(17)));

        assertThat(eventsOf(shelf.decide(receipt(2)))).containsExactly(CHANGED, UPDATED, RESOLVED);
        assertThat(statusOf(shelf, StockAlert.Level.LOW)).isEqualTo(StockAlert.Status.OPEN);
        assertThat(statusOf(shelf, StockAlert.Level.CRITICAL)).isEqualTo(StockAlert.Status.RESOLVED);
    }

    @Test
    void resolvesBothByARiseAboveTheThreshold() {
        Shelf shelf = low(20).shelf();
        applied(shelf.decide(issue(17)));

        assertThat(eventsOf(shelf.decide(receipt(8)))).containsExactly(CHANGED, RESOLVED, RESOLVED);
        assertThat(statusOf(shelf, StockAlert.Level.LOW)).isEqualTo(StockAlert.Status.RESOLVED);
        assertThat(shelf.openedAlerts()).allSatisfy(alert -> {
            assertThat(alert.resolution()).isEqualTo(StockAlert.Resolution.AUTO);
            assertThat(alert.resolvedAt()).isEqualTo(NOON);
        });
    }

    @Test
    void opensANewOneByTheNextFall() {
        Shelf shelf = low(11).shelf();

        applied(shelf.decide(issue(1)));
        applied(shelf.decide(receipt(1)));
        assertThat(eventsOf(shelf.decide(issue(1)))).containsExactly(CHANGED, OPENED);

        assertThat(shelf.openedAlerts()).hasSize(2);
        assertThat(shelf.openedAlerts().stream().map(StockAlert::id).distinct()).hasSize(2);
    }

    @Test
    void updatesWhatWasOpenedByAnEarlierTransaction() {
        StockAlert open = StockAlert.open(
                BOLTS_IN_BERLIN, StockAlert.Level.LOW, Quantity.of(9), Quantity.of(10), null, NOON.minusSeconds(60));
        Shelf shelf = low(9).shelf(List.of(open));

        assertThat(eventsOf(shelf.decide(issue(1)))).containsExactly(CHANGED, UPDATED);
        assertThat(shelf.openedAlerts()).isEmpty();
        assertThat(shelf.updatedAlerts()).singleElement().satisfies(alert -> {
            assertThat(alert.id()).isEqualTo(open.id());
            assertThat(alert.version()).isEqualTo(2);
            assertThat(alert.openedAt()).isEqualTo(NOON.minusSeconds(60));
        });
    }

    @Test
    void neverCallsARowWithoutThresholdsLow() {
        assertThat(eventsOf(Shelving.holding(1).shelf().decide(issue(1)))).containsExactly(CHANGED);
    }

    @Test
    void takesTheRowsThresholdBeforeThePartsBeforeTheCategorys() {
        Shelving all = Shelving.empty()
                .row(Shelving.row(5, 0, 0, null, thresholds(2, null)))
                .partThresholds(thresholds(4, null))
                .categoryThresholds(thresholds(9, null));
        Shelving partAndCategory =
                Shelving.holding(5).partThresholds(thresholds(3, null)).categoryThresholds(thresholds(9, null));
        Shelving category = Shelving.holding(5).categoryThresholds(thresholds(4, null));

        assertThat(eventsOf(all.shelf().decide(issue(2)))).containsExactly(CHANGED);
        assertThat(eventsOf(partAndCategory.shelf().decide(issue(1)))).containsExactly(CHANGED);
        assertThat(eventsOf(partAndCategory.shelf().decide(issue(2)))).containsExactly(CHANGED, OPENED);
        assertThat(eventsOf(category.shelf().decide(issue(1)))).containsExactly(CHANGED, OPENED);
    }

    @Test
    void opensByARaisedThreshold() {
        Shelf shelf = Shelving.holding(5).shelf();

        assertThat(configured(shelf, 6, 5)).containsExactly("stock.threshold.changed", OPENED, OPENED);
    }

    @Test
    void resolvesByALoweredThreshold() {
        Shelf shelf = low(20).shelf();
        applied(shelf.decide(issue(17)));

        assertThat(configured(shelf, 2, 1)).containsExactly("stock.threshold.changed", RESOLVED, RESOLVED);
    }

    @Test
    void resolvesByARemovedThreshold() {
        Shelf shelf = Shelving.holding(5).shelf();
        configured(shelf, 6, null);

        assertThat(configured(shelf, null, null)).containsExactly("stock.threshold.changed", RESOLVED);
    }

    @Test
    void opensByAThresholdOnARowThatHasNothing() {
        Shelf shelf = Shelving.empty().shelf();

        assertThat(configured(shelf, 6, null)).containsExactly("stock.threshold.changed", OPENED);
        assertThat(shelf.newRows())
                .singleElement()
                .extracting(StockRow::version)
                .isEqualTo(1L);
    }

    @Test
    void refusesThresholdsThatContradictThoseOfThePart() {
        Shelf shelf = low(20).shelf();

        assertThatThrownBy(() -> shelf.configure(BOLTS_IN_BERLIN, thresholds(null, 11)))
                .isInstanceOf(Problem.Contradiction.class)
                .extracting("code")
                .isEqualTo("threshold-order");
    }

    @Test
    void acknowledgesOnceAndKeepsWhoDidIt() {
        StockAlert open =
                StockAlert.open(BOLTS_IN_BERLIN, StockAlert.Level.LOW, Quantity.of(9), Quantity.of(10), null, NOON);

        StockAlert acknowledged = open.acknowledge("anna", "seen", NOON.plusSeconds(1));

        assertThat(acknowledged.status()).isEqualTo(StockAlert.Status.ACKNOWLEDGED);
        assertThat(acknowledged.acknowledge("bert", "me too", NOON.plusSeconds(2)))
                .isSameAs(acknowledged);
        assertThat(acknowledged.acknowledgedBy()).isEqualTo("anna");
    }

    @Test
    void refusesToTouchAResolvedOne() {
        StockAlert resolved = StockAlert.open(
                        BOLTS_IN_BERLIN, StockAlert.Level.LOW, Quantity.of(9), Quantity.of(10), null, NOON)
                .resolveByHand("counted again", NOON);

        assertThat(resolved.resolution()).isEqualTo(StockAlert.Resolution.MANUAL);
        assertThatThrownBy(() -> resolved.acknowledge("anna", null, NOON))
                .extracting("code")
                .isEqualTo("alert-closed");
        assertThatThrownBy(() -> resolved.resolveByHand(null, NOON))
                .extracting("code")
                .isEqualTo("alert-closed");
    }

    @Test
    void staysAcknowledgedWhileItFallsFurther() {
        StockAlert acknowledged = StockAlert.open(
                        BOLTS_IN_BERLIN, StockAlert.Level.LOW, Quantity.of(9), Quantity.of(10), null, NOON)
                .acknowledge("anna", null, NOON);
        Shelf shelf = low(9).shelf(List.of(acknowledged));

        applied(shelf.decide(issue(1)));

        assertThat(shelf.updatedAlerts()).singleElement().satisfies(alert -> {
            assertThat(alert.status()).isEqualTo(StockAlert.Status.ACKNOWLEDGED);
            assertThat(alert.quantity()).isEqualTo(Quantity.of(8));
        });
    }

    private static List<String> configured(Shelf shelf, @Nullable Integer reorder, @Nullable Integer critical) {
        return shelf.configure(BOLTS_IN_BERLIN, thresholds(reorder, critical)).stream()
                .map(event -> event.type().name())
                .toList();
    }

    private static StockAlert.Status statusOf(Shelf shelf, StockAlert.Level level) {
        UUID last = shelf.openedAlerts().stream()
                .filter(alert -> alert.level() == level)
                .reduce((_, second) -> second)
                .orElseThrow()
                .id();
        return shelf.openedAlerts().stream()
                .filter(alert -> alert.id().equals(last))
                .findFirst()
                .orElseThrow()
                .status();
    }
}
