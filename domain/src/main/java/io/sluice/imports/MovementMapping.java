package io.sluice.imports;

import static io.sluice.imports.Texts.required;
import static io.sluice.imports.Texts.sizedOrNull;

import io.sluice.inventory.MovementType;
import io.sluice.inventory.Reference;
import io.sluice.shared.Problem;
import io.sluice.shared.Quantity;
import org.jspecify.annotations.Nullable;

/** Movements of any kind, or opening stock, which is the first movement of each row. */
final class MovementMapping extends LineMapping {

    private static final int LOCATION = 0;
    private static final int PART = 1;
    private static final int TYPE = 2;
    private static final int QUANTITY = 3;
    private static final int UNIT = 4;
    private static final int COST = 5;
    private static final int PRICE = 6;
    private static final int CURRENCY = 7;
    private static final int REASON = 8;
    private static final int NOTE = 9;
    private static final int REFERENCE_TYPE = 10;
    private static final int REFERENCE = 11;
    private static final int CUSTOMER = 12;
    private static final int AT = 13;
    private static final int KEY = 14;
    private static final String[] COMMON = {
        "Quantity",
        "Unit",
        "UnitCost|Cost",
        "UnitPrice|Price",
        "Currency",
        "Reason",
        "Note",
        "ReferenceType",
        "ReferenceId|Reference",
        "CustomerId|Customer",
        "OccurredAt|Date|ts",
        "Key"
    };

    private final boolean opening;
    private final Columns columns;
    private final Texts texts;

    MovementMapping(ImportOptions options, boolean opening) {
        this.opening = opening;
        this.texts = new Texts(options);
        String[] wished = new String[COMMON.length + 3];
        wished[0] = "LocationId|Location|LocationCode";
        wished[1] = "!PartId|Part|PartNumber|StockCode";
        wished[2] = opening ? "Type" : "!Type";
        System.arraycopy(COMMON, 0, wished, 3, COMMON.length);
        wished[3] = "!" + wished[3];
        this.columns = Columns.of(wished);
    }

    @Override
    public Columns columns() {
        return columns;
    }

    @Override
    @Nullable
    String keyOf(SourceLine line) {
        return line.value(KEY);
    }

    @Override
    Mapped understood(SourceLine line, @Nullable String key) {
        sizedOrNull("Key", key, 128);
        MovementType type = opening
                ? MovementType.OPENING
                : Texts.word("Type", required("Type", line.value(TYPE)), MovementType.class);
        Quantity quantity = texts.quantity("Quantity", required("Quantity", line.value(QUANTITY)));
        if (quantity.isZero()) {
            return new Mapped.Skipped(line, key, "zero-quantity");
        }
        if (quantity.isNegative() && type != MovementType.ADJUSTMENT) {
            throw Problem.Invalid.field(
                    "Quantity", "out-of-range", "must be more than 0; only an ADJUSTMENT is signed");
        }
        String at = line.value(AT);
        String location = sizedOrNull("LocationId", line.value(LOCATION), 60);
        return new Mapped.Posting(
                line,
                key,
                location == null ? "" : location,
                Texts.sized("PartId", required("PartId", line.value(PART)), 64),
                type,
                quantity,
                line.value(UNIT),
                texts.moneyOrNull("UnitCost", line.value(COST)),
                texts.moneyOrNull("UnitPrice", line.value(PRICE)),
                currency(line.value(CURRENCY)),
                sizedOrNull("Reason", line.value(REASON), 60),
                sizedOrNull("Note", line.value(NOTE), 1000),
                reference(line),
                sizedOrNull("CustomerId", line.value(CUSTOMER), 64),
                null,
                at == null ? null : texts.moment("OccurredAt", at));
    }

    static @Nullable String currency(@Nullable String text) {
        if (text != null && !text.matches("[A-Z]{3}")) {
            throw Problem.Invalid.field("Currency", "out-of-range", "three capital letters are expected");
        }
        return text;
    }

    private static @Nullable Reference reference(SourceLine line) {
        String id = sizedOrNull("ReferenceId", line.value(REFERENCE), 128);
        String type = line.value(REFERENCE_TYPE);
        if (id == null) {
            return null;
        }
        return new Reference(
                type == null ? Reference.Kind.IMPORT : Texts.word("ReferenceType", type, Reference.Kind.class), id);
    }
}
