package io.sluice.imports;

import static io.sluice.imports.Texts.required;
import static io.sluice.imports.Texts.sized;
import static io.sluice.imports.Texts.sizedOrNull;

import io.sluice.inventory.MovementType;
import io.sluice.inventory.Reference;
import io.sluice.shared.Quantity;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Retail transactions: what is sold is issued, what a cancellation brings back is returned, any other negative line
 * is a correction. A line's identity is its invoice and its line there, or its ordinal among the invoice's lines.
 */
public final class RetailMapping extends LineMapping {

    private static final int INVOICE = 0;
    private static final int LINE = 1;
    private static final int CODE = 2;
    private static final int DESCRIPTION = 3;
    private static final int QUANTITY = 4;
    private static final int DATE = 5;
    private static final int PRICE = 6;
    private static final int CUSTOMER = 7;
    private static final int COUNTRY = 8;
    private static final Columns COLUMNS = Columns.of(
            "!InvoiceNo|Invoice",
            "Line|LineNo",
            "!StockCode",
            "Description",
            "!Quantity",
            "!InvoiceDate|ts",
            "!UnitPrice|Price",
            "CustomerID|Customer",
            "Country");

    /** Codes of postage, fees, discounts and vouchers: no goods. */
    private static final Pattern NON_STOCK =
            Pattern.compile("^(POST|DOT|M|m|C2|S|D|B|BANK CHARGES|AMAZONFEE|CRUK|gift_.*)$");

    public static final String NON_STOCK_CODE = "non-stock";
    public static final String CORRECTION = "RETAIL_CORRECTION";

    private final boolean byCountry;
    private final Texts texts;
    private final HashedCounts invoices = new HashedCounts();

    public RetailMapping(ImportOptions options) {
        this.byCountry = options.locationByCountry();
        this.texts = new Texts(options);
    }

    @Override
    public Columns columns() {
        return COLUMNS;
    }

    @Override
    @Nullable
    String keyOf(SourceLine line) {
        String invoice = line.value(INVOICE);
        if (invoice == null) {
            return null;
        }
        int ordinal = invoices.increment(invoice);
        String given = line.value(LINE);
        return invoice + "/" + (given == null ? Integer.toString(ordinal) : given);
    }

    @Override
    Mapped understood(SourceLine line, @Nullable String key) {
        String invoice = sized("InvoiceNo", required("InvoiceNo", line.value(INVOICE)), 64);
        String code = sized("StockCode", required("StockCode", line.value(CODE)), 64);
        sizedOrNull("Line", line.value(LINE), 32);
        Quantity quantity = texts.quantity("Quantity", required("Quantity", line.value(QUANTITY)));
        BigDecimal price = texts.money("UnitPrice", required("UnitPrice", line.value(PRICE)));
        if (quantity.isZero()) {
            return new Mapped.Skipped(line, key, "zero-quantity");
        }
        if (price.signum() < 0) {
            return new Mapped.Skipped(line, key, "negative-price");
        }
        return isNonStock(code)
                ? new Mapped.Skipped(line, key, NON_STOCK_CODE)
                : posting(line, key, invoice, code, quantity, price);
    }

    static boolean isNonStock(String code) {
        return NON_STOCK.matcher(code).matches();
    }

    private Mapped posting(
            SourceLine line, @Nullable String key, String invoice, String code, Quantity quantity, BigDecimal price) {
        MovementType type = typeOf(invoice, quantity);
        String country = sizedOrNull("Country", line.value(COUNTRY), 60);
        return new Mapped.Posting(
                line,
                key,
                byCountry ? required("Country", country) : "",
                code,
                type,
                type == MovementType.ADJUSTMENT ? quantity : quantity.abs(),
                null,
                null,
                price,
                null,
                type == MovementType.ADJUSTMENT ? CORRECTION : null,
                null,
                new Reference(Reference.Kind.SALE, invoice),
                sizedOrNull("CustomerID", line.value(CUSTOMER), 64),
                country,
                texts.moment("InvoiceDate", required("InvoiceDate", line.value(DATE))));
    }

    private static MovementType typeOf(String invoice, Quantity quantity) {
        if (quantity.isPositive()) {
            return MovementType.ISSUE;
        }
        return invoice.charAt(0) == 'C' ? MovementType.RETURN : MovementType.ADJUSTMENT;
    }

    static @Nullable String codeOf(SourceLine line) {
        return line.value(CODE);
    }

    static @Nullable String descriptionOf(SourceLine line) {
        return line.value(DESCRIPTION);
    }

    /** The code of the place that stands for a country: {@code UNITED_KINGDOM}. */
    public static String placeCode(String country) {
        return country.toUpperCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", "_");
    }

    @Nullable
    BigDecimal priceOf(SourceLine line) {
        String price = line.value(PRICE);
        return price == null ? null : texts.money("UnitPrice", price);
    }
}
