package io.sluice.imports;

import static io.sluice.imports.Texts.required;
import static io.sluice.imports.Texts.sized;
import static io.sluice.imports.Texts.sizedOrNull;

import io.sluice.shared.Problem;
import io.sluice.shared.Quantity;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Usage of earlier days: a line for each day, or a line for each part with a column for each month, whose value counts
 * for the month's first day. {@code NA} and nothing are no usage and no zero either: not recorded.
 */
final class UsageMapping extends LineMapping {

    private static final int LOCATION = 0;
    private static final int PART = 1;
    private static final int DATE = 2;
    private static final int QUANTITY = 3;
    private static final int KEY = 4;
    private static final Pattern MONTH = Pattern.compile("[0-9]{4}-(0[1-9]|1[0-2])");
    private static final Columns COLUMNS = Columns.of(
                    "LocationId|Location|LocationCode",
                    "!PartId|Part|PartNumber|StockCode",
                    "Date|Day|Month",
                    "Quantity|Issued",
                    "Key")
            .andFree(name -> MONTH.matcher(name).matches());

    private final Texts texts;
    private List<String> months = List.of();

    UsageMapping(ImportOptions options) {
        this.texts = new Texts(options);
    }

    @Override
    public Columns columns() {
        return COLUMNS;
    }

    @Override
    void free(List<String> names) {
        months = names;
    }

    @Override
    @Nullable
    String keyOf(SourceLine line) {
        return line.value(KEY);
    }

    @Override
    Mapped understood(SourceLine line, @Nullable String key) {
        sizedOrNull("Key", key, 128);
        String part = sized("PartId", required("PartId", line.value(PART)), 64);
        String location = sizedOrNull("LocationId", line.value(LOCATION), 60);
        List<Mapped.Used> days = months.isEmpty() ? day(line) : months(line);
        return days.isEmpty()
                ? new Mapped.Skipped(line, key, "not-recorded")
                : new Mapped.UsageRow(line, key, location == null ? "" : location, part, days);
    }

    private List<Mapped.Used> day(SourceLine line) {
        String date = required("Date", line.value(DATE));
        LocalDate day = MONTH.matcher(date).matches()
                ? LocalDate.parse(date + "-01")
                : texts.time("Date", date).toLocalDate();
        String quantity = required("Quantity", line.value(QUANTITY));
        return isMissing(quantity) ? List.of() : List.of(used("Quantity", day, quantity));
    }

    private List<Mapped.Used> months(SourceLine line) {
        List<Mapped.Used> days = new ArrayList<>(months.size());
        for (int i = 0; i < months.size(); i++) {
            String quantity = line.value(COLUMNS.size() + i);
            if (quantity != null && !isMissing(quantity)) {
                days.add(used(months.get(i), LocalDate.parse(months.get(i) + "-01"), quantity));
            }
        }
        return days;
    }

    private static boolean isMissing(String text) {
        return text.equalsIgnoreCase("NA") || text.equalsIgnoreCase("NaN") || text.equalsIgnoreCase("null");
    }

    private Mapped.Used used(String field, LocalDate day, String text) {
        Quantity quantity = texts.quantity(field, text);
        if (quantity.isNegative()) {
            throw Problem.Invalid.field(field, "out-of-range", "must be at least 0");
        }
        return new Mapped.Used(day, quantity);
    }
}
