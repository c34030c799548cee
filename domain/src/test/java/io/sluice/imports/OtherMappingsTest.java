package io.sluice.imports;

import static io.sluice.imports.TestFiles.map;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.inventory.MovementType;
import io.sluice.shared.Quantity;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class OtherMappingsTest {

    @Test
    void readsAMonthMatrixWithoutItsGaps() {
        var row =
                (Mapped.UsageRow) map(ImportResource.CONSUMPTION, "part,1998-01,1998-02,1998-03,1998-04\n42,3,NA,0,\n")
                        .getFirst();

        assertThat(row.part()).isEqualTo("42");
        assertThat(row.days())
                .containsExactly(
                        new Mapped.Used(LocalDate.of(1998, 1, 1), Quantity.of(3)),
                        new Mapped.Used(LocalDate.of(1998, 3, 1), Quantity.ZERO));
    }

    @Test
    void readsUsageByDay() {
        var row =
                (Mapped.UsageRow) map(ImportResource.CONSUMPTION, "location,part,date,quantity\nW1,42,2024-02-29,1.5\n")
                        .getFirst();

        assertThat(row.place()).isEqualTo("W1");
        assertThat(row.days()).containsExactly(new Mapped.Used(LocalDate.of(2024, 2, 29), new Quantity(1500)));
    }

    @Test
    void leavesOutWhatWasNotRecordedAndRefusesWhatIsBelowZero() {
        var lines = map(ImportResource.CONSUMPTION, "part,date,quantity\n42,2024-02-29,NA\n42,2024-03-01,-1\n");

        assertThat(((Mapped.Skipped) lines.getFirst()).code()).isEqualTo("not-recorded");
        assertThat(lines.getLast()).isInstanceOf(Mapped.Failed.class);
    }

    @Test
    void readsMovementsOfAnyType() {
        var line = (Mapped.Posting) map(ImportResource.MOVEMENTS, """
                location,part,type,quantity,reason,occurredAt,key
                W1,42,adjustment,-2,FOUND,2024-02-29T10:00:00Z,k1
                """).getFirst();

        assertThat(line.type()).isEqualTo(MovementType.ADJUSTMENT);
        assertThat(line.quantity()).isEqualTo(Quantity.of(-2));
        assertThat(line.key()).isEqualTo("k1");
    }

    @Test
    void refusesASignWhereThereIsNone() {
        assertThat(map(ImportResource.MOVEMENTS, "part,type,quantity\n42,ISSUE,-2\n")
                        .getFirst())
                .isInstanceOf(Mapped.Failed.class);
    }

    @Test
    void opensRowsByStock() {
        var line = (Mapped.Posting) map(ImportResource.STOCK, "part,quantity,unit_cost\n42,7,1.25\n")
                .getFirst();

        assertThat(line.type()).isEqualTo(MovementType.OPENING);
        assertThat(line.unitCost()).isEqualByComparingTo("1.25");
    }

    @Test
    void readsPartsPlacesAndCategories() {
        var part = (Mapped.PartRow) map(ImportResource.PARTS, "Part Number,description,tags,price\nB-1,Bolt,a|b,2.5\n")
                .getFirst();
        var place = (Mapped.LocationRow) map(ImportResource.LOCATIONS, "code,kind,time_zone\nW1,store,Europe/Berlin\n")
                .getFirst();
        var category = (Mapped.CategoryRow)
                map(ImportResource.CATEGORIES, "code,name\nA_B,Bolts\n").getFirst();

        assertThat(part.tags()).isEqualTo(List.of("a", "b"));
        assertThat(place.timeZone()).hasToString("Europe/Berlin");
        assertThat(category.name()).isEqualTo("Bolts");
    }

    @Test
    void refusesThresholdsOutOfOrder() {
        assertThat(map(ImportResource.PARTS, "part,reorderThreshold,criticalThreshold\nB-1,1,2\n")
                        .getFirst())
                .isInstanceOf(Mapped.Failed.class);
    }
}
