package io.sluice.imports;

import static io.sluice.imports.Texts.required;
import static io.sluice.imports.Texts.sized;
import static io.sluice.imports.Texts.sizedOrNull;

import io.sluice.inventory.Location;
import io.sluice.inventory.Part;
import io.sluice.inventory.Thresholds;
import io.sluice.shared.Problem;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parts, places and categories. */
final class CatalogueMapping extends LineMapping {

    private static final String[] LIMITS = {"ReorderThreshold", "CriticalThreshold", "MaxQuantity|MaximumThreshold"};
    private static final Columns PARTS = Columns.of(
            "Key",
            LIMITS[0],
            LIMITS[1],
            LIMITS[2],
            "!PartNumber|Part|StockCode",
            "Description|Name",
            "Notes",
            "Category|CategoryCode",
            "Type",
            "Status",
            "BaseUnit|Unit",
            "Decimals",
            "Price|UnitPrice",
            "Currency",
            "StandardCost|Cost",
            "Tags");
    private static final Columns LOCATIONS = Columns.of(
            "Key",
            LIMITS[0],
            LIMITS[1],
            LIMITS[2],
            "!Code|LocationCode",
            "Name",
            "Kind",
            "Parent|ParentCode",
            "Region",
            "Country",
            "ClimateZone",
            "Address",
            "Lat|Latitude",
            "Lon|Longitude",
            "TimeZone",
            "Currency");
    private static final Columns CATEGORIES = Columns.of(
            "Key", LIMITS[0], LIMITS[1], LIMITS[2], "!Code|CategoryCode", "Name", "Description", "Parent|ParentCode");

    private final ImportResource resource;
    private final Texts texts;

    CatalogueMapping(ImportResource resource, ImportOptions options) {
        this.resource = resource;
        this.texts = new Texts(options);
    }

    @Override
    public Columns columns() {
        return switch (resource) {
            case LOCATIONS -> LOCATIONS;
            case CATEGORIES -> CATEGORIES;
            default -> PARTS;
        };
    }

    @Override
    @Nullable
    String keyOf(SourceLine line) {
        return line.value(0);
    }

    @Override
    Mapped understood(SourceLine line, @Nullable String key) {
        sizedOrNull("Key", key, 128);
        return switch (resource) {
            case LOCATIONS -> location(line, key);
            case CATEGORIES -> category(line, key);
            default -> part(line, key);
        };
    }

    private Thresholds thresholds(SourceLine line) {
        return new Thresholds(
                        texts.quantityOrNull("ReorderThreshold", line.value(1)),
                        texts.quantityOrNull("CriticalThreshold", line.value(2)),
                        texts.quantityOrNull("MaxQuantity", line.value(3)))
                .checked();
    }

    private Mapped part(SourceLine line, @Nullable String key) {
        String type = line.value(8);
        String status = line.value(9);
        String unit = line.value(10);
        if (unit != null && !unit.matches("[A-Z0-9]{1,12}")) {
            throw Problem.Invalid.field("BaseUnit", "out-of-range", "1 to 12 capital letters or digits are expected");
        }
        return new Mapped.PartRow(
                line,
                key,
                sized("PartNumber", required("PartNumber", line.value(4)), 64),
                sizedOrNull("Description", line.value(5), 500),
                sizedOrNull("Notes", line.value(6), 4000),
                sizedOrNull("Category", line.value(7), 60),
                type == null ? null : Texts.word("Type", type, Part.Type.class),
                status == null ? null : Texts.word("Status", status, Part.Status.class),
                unit,
                decimals(line.value(11)),
                texts.moneyOrNull("Price", line.value(12)),
                MovementMapping.currency(line.value(13)),
                texts.moneyOrNull("StandardCost", line.value(14)),
                thresholds(line),
                tags(line.value(15)));
    }

    private @Nullable Integer decimals(@Nullable String text) {
        if (text == null) {
            return null;
        }
        int decimals = texts.integer("Decimals", text);
        if (decimals < 0 || decimals > 3) {
            throw Problem.Invalid.field("Decimals", "out-of-range", "0 to 3 are allowed");
        }
        return decimals;
    }

    private static @Nullable List<String> tags(@Nullable String text) {
        return text == null
                ? null
                : Arrays.stream(text.split("[|;,]"))
                        .map(String::strip)
                        .filter(it -> !it.isEmpty())
                        .toList();
    }

    private Mapped location(SourceLine line, @Nullable String key) {
        String kind = line.value(6);
        String zone = line.value(14);
        return new Mapped.LocationRow(
                line,
                key,
                sized("Code", required("Code", line.value(4)), 60),
                sizedOrNull("Name", line.value(5), 200),
                kind == null ? null : Texts.word("Kind", kind, Location.Kind.class),
                sizedOrNull("Parent", line.value(7), 60),
                sizedOrNull("Region", line.value(8), 100),
                sizedOrNull("Country", line.value(9), 100),
                sizedOrNull("ClimateZone", line.value(10), 100),
                sizedOrNull("Address", line.value(11), 500),
                degrees("Lat", line.value(12), 90),
                degrees("Lon", line.value(13), 180),
                zone == null ? null : Texts.zone("TimeZone", zone),
                MovementMapping.currency(line.value(15)));
    }

    private @Nullable BigDecimal degrees(String field, @Nullable String text, int most) {
        BigDecimal value = text == null ? null : texts.number(field, text);
        if (value != null && value.abs().compareTo(BigDecimal.valueOf(most)) > 0) {
            throw Problem.Invalid.field(field, "out-of-range", "-" + most + " to " + most + " are allowed");
        }
        return value;
    }

    private Mapped category(SourceLine line, @Nullable String key) {
        return new Mapped.CategoryRow(
                line,
                key,
                sized("Code", required("Code", line.value(4)), 60),
                sizedOrNull("Name", line.value(5), 200),
                sizedOrNull("Description", line.value(6), 2000),
                sizedOrNull("Parent", line.value(7), 60),
                thresholds(line));
    }
}
