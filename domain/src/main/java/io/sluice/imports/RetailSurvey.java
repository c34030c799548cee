package io.sluice.imports;

import io.sluice.shared.Quantity;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What must be known of a whole retail file before its first line is posted: its articles, its dates, and how far each
 * row would fall below zero, its lines taken in the order of the file, which is the order in which they are posted.
 */
public final class RetailSurvey {

    /** As a number is written in one way only. */
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,8}");

    private final RetailMapping mapping;
    private final Map<String, Item> items = new LinkedHashMap<>();
    private final Map<Row, Balance> rows = new LinkedHashMap<>();
    private final HashedCounts customers = new HashedCounts();
    private final HashedCounts keys = new HashedCounts();
    private final Map<String, LocalDateTime> places = new LinkedHashMap<>();
    private @Nullable LocalDateTime first;
    private @Nullable LocalDateTime last;

    public RetailSurvey(RetailMapping mapping) {
        this.mapping = mapping;
    }

    /** An article: its first description, its last price above 0, and whether any line moves it. */
    public static final class Item {
        private final String code;
        private @Nullable String description;
        private @Nullable BigDecimal price;
        private boolean moved;

        Item(String code) {
            this.code = code;
        }

        public String code() {
            return code;
        }

        public String description() {
            return description == null ? code : description;
        }

        public @Nullable BigDecimal price() {
            return price;
        }

        public boolean isService() {
            return RetailMapping.isNonStock(code);
        }
    }

    /** @param place the country, or empty for the import's location */
    public record Row(String place, String code) {}

    private static final class Balance {
        private final LocalDateTime since;
        private long now;
        private long lowest;

        Balance(LocalDateTime since) {
            this.since = since;
        }
    }

    /** What a row must begin with. */
    public record Needed(Row row, Quantity quantity, LocalDateTime since) {}

    /** @param taken whether the line's identity was taken before this import */
    public void add(Mapped mapped, boolean taken) {
        switch (mapped) {
            case Mapped.Posting posting -> posting(posting, !isFirst(posting) || taken);
            case Mapped.Skipped skipped -> skipped(skipped);
            default -> {}
        }
    }

    /** Of lines with one identity the first counts, also when it is left out: the others are its duplicates. */
    private boolean isFirst(Mapped mapped) {
        String key = Objects.requireNonNull(mapped.key(), "a retail line has its invoice");
        int end = key.lastIndexOf('/') + 1;
        return NUMBER.matcher(key.substring(end)).matches()
                ? keys.mark(key.substring(0, end), Integer.parseInt(key, end, key.length(), 10))
                : keys.mark(key, 0);
    }

    private void skipped(Mapped.Skipped skipped) {
        isFirst(skipped);
        if (skipped.code().equals(RetailMapping.NON_STOCK_CODE)) {
            item(skipped.line());
        }
    }

    private void posting(Mapped.Posting posting, boolean duplicate) {
        item(posting.line()).moved = true;
        if (posting.customer() != null) {
            customers.increment(posting.customer());
        }
        LocalDateTime at = timeOf(posting);
        first = first == null || at.isBefore(first) ? at : first;
        last = last == null || at.isAfter(last) ? at : last;
        places.putIfAbsent(posting.place(), at);
        if (!duplicate) {
            balance(posting, at);
        }
    }

    private static LocalDateTime timeOf(Mapped.Posting posting) {
        var at = Objects.requireNonNull(posting.at());
        return at.local() == null ? LocalDateTime.ofInstant(at.in(ZoneOffset.UTC), ZoneOffset.UTC) : at.local();
    }

    private void balance(Mapped.Posting posting, LocalDateTime at) {
        Balance balance = rows.computeIfAbsent(new Row(posting.place(), posting.part()), _ -> new Balance(at));
        balance.now += posting.change().thousandths();
        balance.lowest = Math.min(balance.lowest, balance.now);
    }

    private Item item(SourceLine line) {
        Item item = items.computeIfAbsent(Texts.required("StockCode", RetailMapping.codeOf(line)), Item::new);
        String description = RetailMapping.descriptionOf(line);
        if (item.description == null && description != null) {
            item.description = description.length() > 500 ? description.substring(0, 500) : description;
        }
        BigDecimal price = mapping.priceOf(line);
        if (price != null && price.signum() > 0) {
            item.price = price;
        }
        return item;
    }

    public Collection<Item> items() {
        return items.values();
    }

    /** Countries, or the empty place. */
    public Collection<String> places() {
        return places.keySet();
    }

    /** Rows that fall below zero, and by how much. */
    public List<Needed> needed() {
        return rows.entrySet().stream()
                .filter(row -> row.getValue().lowest < 0)
                .map(row -> new Needed(row.getKey(), new Quantity(-row.getValue().lowest), row.getValue().since))
                .toList();
    }

    /** By how many days the dates move. */
    public long shift(ImportOptions.ShiftDates wish, LocalDate today) {
        LocalDateTime end = last;
        return switch (wish) {
            case NONE -> 0;
            case END_TODAY -> end == null ? 0 : ChronoUnit.DAYS.between(end.toLocalDate(), today);
        };
    }

    /** What the file holds, whatever becomes of its lines. */
    public Map<String, Object> figures(long shiftedBy) {
        Map<String, Object> figures = new HashMap<>();
        figures.put("parts", items.values().stream().filter(item -> item.moved).count());
        figures.put("customers", customers.size());
        figures.put("locations", places.size());
        if (first != null && last != null) {
            figures.put("firstDate", first.plusDays(shiftedBy).toString());
            figures.put("lastDate", last.plusDays(shiftedBy).toString());
        }
        return figures;
    }
}
