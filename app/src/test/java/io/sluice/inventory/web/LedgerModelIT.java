package io.sluice.inventory.web;

import static io.sluice.inventory.web.Stockroom.answered;
import static io.sluice.inventory.web.Stockroom.json;
import static io.sluice.inventory.web.Stockroom.many;
import static io.sluice.inventory.web.Stockroom.move;
import static io.sluice.inventory.web.Stockroom.text;
import static io.sluice.inventory.web.Stockroom.with;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Random commands over the wire, and beside them the plainest model of what they mean; every read must agree with it. */
class LedgerModelIT {

    private static final int COMMANDS = 250;
    private static final Map<String, ZoneId> ZONES =
            Map.of("EAST", ZoneId.of("Pacific/Kiritimati"), "WEST", ZoneId.of("Pacific/Pago_Pago"));

    private record Row(String place, String part) {}

    private record Entry(
            Row row, String type, int change, BigDecimal price, Instant occurredAt, Instant recordedAt, int balance) {}

    private final Stockroom room = new Stockroom();
    private final Map<String, String> places = new TreeMap<>();
    private final Map<String, String> parts = new TreeMap<>();
    private final Map<String, Integer> versions = new HashMap<>();
    private final String category = room.category("T");
    private final Map<String, String> categoryOf = Map.of("P1", category, "P2", room.category("T_U"), "P3", category);
    private final Map<String, BigDecimal> prices = new HashMap<>();
    private final Map<String, Integer> partLimits = new HashMap<>();
    private final Map<Row, Integer> rowLimits = new HashMap<>();
    private int categoryLimit;
    private final Map<Row, Integer> quantities = new HashMap<>();
    private final Map<Row, BigDecimal> costs = new HashMap<>();
    private final TreeSet<String> open = new TreeSet<>();
    private int opened;
    private final List<Entry> ledger = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void agreesWithThePlainModelInEveryRead(long seed) {
        Random random = new Random(seed);
        ZONES.forEach((code, zone) -> places.put(
                code,
                Stockroom.created(
                        room.admin(), "/api/locations", Map.of("code", code, "name", code, "timeZone", zone.getId()))));
        for (String number : List.of("P1", "P2", "P3", "P4")) {
            Map<String, Object> more = new HashMap<>(Map.of("price", 2));
            if (categoryOf.containsKey(number)) {
                more.put("categoryId", Objects.requireNonNull(categoryOf.get(number)));
            }
            parts.put(number, room.part(number, more));
            prices.put(number, new BigDecimal(2));
        }
        var client = many(room.admin());
        for (int n = 0; n < COMMANDS; n++) {
            Row row = new Row(pick(random, places), pick(random, parts));
            switch (random.nextInt(20)) {
                case 0 -> changePrice(row.part(), random.nextInt(1, 9));
                case 1 -> limitPart(row.part(), random.nextInt(1, 30));
                case 2 -> limitRow(row, random.nextInt(1, 30));
                case 3 -> limitCategory(random.nextInt(1, 30));
                default -> {
                    Map<String, Object> wish = wish(random, row);
                    var answer = Objects.requireNonNull(
                            answered(client.post().uri("/api/movements").bodyValue(wish))
                                    .block(Duration.ofSeconds(10)));
                    apply(row, wish, answer.status(), Stockroom.JSON.readTree(answer.body()));
                }
            }
        }

        assertThat(ledger.size()).isGreaterThan(COMMANDS / 3);
        places.keySet().forEach(this::compareRowsAndSummary);
        compareAlerts();
        places.keySet().forEach(place -> compareAsOf(place, random));
        quantities.keySet().forEach(this::compareCard);
        for (String part : parts.keySet()) {
            compareTotals(part);
            compareConsumption(part);
        }
        places.keySet().forEach(this::compareMovers);
        assertThat(room.got("/api/stock/verify").path("differences")).isEmpty();
    }

    private static String pick(Random random, Map<String, String> named) {
        return List.copyOf(named.keySet()).get(random.nextInt(named.size()));
    }

    private Map<String, Object> wish(Random random, Row row) {
        String type = List.of("RECEIPT", "RECEIPT", "ISSUE", "ISSUE", "ISSUE", "RETURN", "ADJUSTMENT", "SCRAP")
                .get(random.nextInt(8));
        int units = random.nextInt(1, 13);
        Map<String, Object> wish = move(
                places.get(row.place()),
                parts.get(row.part()),
                type,
                type.equals("ADJUSTMENT") && random.nextBoolean() ? -units : units);
        Instant at = Instant.now().minus(random.nextInt(60 * 24 * 50), ChronoUnit.MINUTES);
        wish = with(wish, "occurredAt", at.truncatedTo(ChronoUnit.MILLIS).toString());
        return type.equals("RECEIPT") && random.nextInt(4) > 0 ? with(wish, "unitCost", random.nextInt(1, 20)) : wish;
    }

    private void apply(Row row, Map<String, Object> wish, int status, JsonNode answer) {
        String type = (String) wish.get("type");
        int units = (Integer) wish.get("quantity");
        int change = type.equals("ISSUE") || type.equals("SCRAP") ? -units : units;
        int before = quantities.getOrDefault(row, 0);
        if (before + change < 0) {
            assertThat(status).isEqualTo(409);
            assertThat(text(answer, "code")).isEqualTo("insufficient-stock");
            return;
        }
        assertThat(status).isEqualTo(201);
        assertThat(answer.path("newQuantity").intValue()).isEqualTo(before + change);
        quantities.put(row, before + change);
        if (wish.get("unitCost") instanceof Integer cost) {
            BigDecimal present = costs.getOrDefault(row, new BigDecimal(cost));
            BigDecimal total = present.multiply(new BigDecimal(before)).add(new BigDecimal(cost * units));
            costs.put(row, total.divide(new BigDecimal(before + units), 4, RoundingMode.HALF_EVEN));
        }
        ledger.add(new Entry(
                row,
                type,
                change,
                Objects.requireNonNull(prices.get(row.part())),
                Instant.parse((String) wish.get("occurredAt")),
                Instant.parse(text(answer, "recordedAt")),
                before + change));
        evaluate(row, change < 0);
    }

    private @Nullable Integer limitOf(Row row) {
        Integer own = rowLimits.getOrDefault(row, partLimits.get(row.part()));
        boolean inside = category.equals(categoryOf.get(row.part()));
        return own != null ? own : inside && categoryLimit > 0 ? Integer.valueOf(categoryLimit) : null;
    }

    private void evaluate(Row row, boolean mayOpen) {
        Integer limit = limitOf(row);
        String name = row.place() + " " + row.part();
        if (limit == null || quantities.getOrDefault(row, 0) > limit) {
            open.remove(name);
        } else if (mayOpen && open.add(name)) {
            opened++;
        }
    }

    private void changePrice(String part, int price) {
        changePart(part, Map.of("price", price));
        prices.put(part, new BigDecimal(price));
    }

    private void changePart(String part, Map<String, Object> change) {
        JsonNode changed =
                json(room.admin().patch("/api/parts/" + parts.get(part), versions.getOrDefault(part, 1), change), 200);
        versions.put(part, changed.path("version").intValue());
    }

    private void limitPart(String part, int limit) {
        changePart(part, Map.of("reorderThreshold", limit));
        partLimits.put(part, limit);
        quantities.keySet().stream().filter(row -> row.part().equals(part)).forEach(row -> evaluate(row, true));
    }

    private void limitRow(Row row, int limit) {
        String path = "/api/stock/" + places.get(row.place()) + "/" + parts.get(row.part());
        var present = room.admin().get(path).expectBody().returnResult();
        int version = present.getStatus().value() == 404
                ? 0
                : Stockroom.JSON
                        .readTree(present.getResponseBody())
                        .path("version")
                        .intValue();
        json(room.admin().patch(path, version, Map.of("reorderThreshold", limit)), 200);
        quantities.putIfAbsent(row, 0);
        rowLimits.put(row, limit);
        evaluate(row, true);
    }

    private void limitCategory(int limit) {
        JsonNode changed = json(
                room.admin()
                        .patch(
                                "/api/categories/" + category,
                                versions.getOrDefault(category, 1),
                                Map.of("reorderThreshold", limit)),
                200);
        versions.put(category, changed.path("version").intValue());
        categoryLimit = limit;
        quantities.keySet().stream()
                .filter(row -> category.equals(categoryOf.get(row.part())))
                .forEach(row -> evaluate(row, true));
    }

    private void compareRowsAndSummary(String place) {
        List<Row> rows = quantities.keySet().stream()
                .filter(row -> row.place().equals(place))
                .sorted(Comparator.comparing(Row::part))
                .toList();
        JsonNode items = room.got("/api/stock?locationId=" + places.get(place)).path("items");
        assertThat(items).hasSize(rows.size());
        BigDecimal value = BigDecimal.ZERO;
        BigDecimal cost = BigDecimal.ZERO;
        int low = 0;
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            BigDecimal quantity = new BigDecimal(quantities.get(row));
            Integer limit = limitOf(row);
            boolean isLow = limit != null && quantities.get(row) <= limit;
            assertThat(text(items.get(i), "partNumber")).isEqualTo(row.part());
            assertThat(items.get(i).path("quantity").decimalValue()).isEqualByComparingTo(quantity);
            assertThat(items.get(i).path("low").booleanValue()).as("%s", row).isEqualTo(isLow);
            assertThat(items.get(i).has("averageCost")).isEqualTo(costs.containsKey(row));
            if (costs.containsKey(row)) {
                assertThat(items.get(i).path("averageCost").decimalValue()).isEqualByComparingTo(costs.get(row));
            }
            value = value.add(quantity.multiply(prices.get(row.part())));
            cost = cost.add(quantity.multiply(costs.getOrDefault(row, BigDecimal.ZERO)));
            low += isLow ? 1 : 0;
        }
        JsonNode summary = room.got("/api/inventory/summary?locationId=" + places.get(place));
        assertThat(summary.path("totalValue").decimalValue()).isEqualByComparingTo(value);
        assertThat(summary.path("totalCost").decimalValue()).isEqualByComparingTo(cost);
        assertThat(summary.path("lowStockItems").intValue()).isEqualTo(low);
        BigDecimal byCategory = StreamSupport.stream(summary.path("byCategory").spliterator(), false)
                .map(it -> it.path("value").decimalValue())
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        assertThat(byCategory).isEqualByComparingTo(value);
        assertThat(room.got("/api/stock?low=true&count=true&locationId=" + places.get(place))
                        .path("total")
                        .intValue())
                .isEqualTo(low);
    }

    private void compareAlerts() {
        Map<String, String> names = new HashMap<>();
        places.forEach((code, id) -> names.put(id, code));
        parts.forEach((number, id) -> names.put(id, number));
        JsonNode alerts = room.got("/api/stock/alerts?limit=200&status=OPEN").path("items");
        assertThat(StreamSupport.stream(alerts.spliterator(), false)
                        .map(it -> names.get(text(it, "locationId")) + " " + names.get(text(it, "partId"))))
                .containsExactlyInAnyOrderElementsOf(open);
        assertThat(room.tenant().events().stream().filter(it -> it.type().equals("stock.alert.opened")))
                .hasSize(opened);
    }

    private void compareAsOf(String place, Random random) {
        for (int n = 0; n < 5; n++) {
            Entry some = ledger.get(random.nextInt(ledger.size()));
            compareAsOf(place, "occurred", some.occurredAt());
            compareAsOf(place, "recorded", some.recordedAt());
        }
    }

    private void compareAsOf(String place, String basis, Instant at) {
        Map<String, Integer> expected = ledger.stream()
                .filter(it -> it.row().place().equals(place))
                .filter(it -> !(basis.equals("occurred") ? it.occurredAt() : it.recordedAt()).isAfter(at))
                .collect(Collectors.groupingBy(it -> parts.get(it.row().part()), Collectors.summingInt(Entry::change)));
        Map<String, Integer> answered = new HashMap<>();
        room.got("/api/stock/as-of?locationId=" + places.get(place) + "&basis=" + basis + "&at=" + at)
                .path("items")
                .forEach(it ->
                        answered.put(text(it, "partId"), it.path("quantity").intValue()));
        assertThat(answered).isEqualTo(expected);
    }

    private void compareCard(Row row) {
        JsonNode card = room.got(
                        "/api/stock/" + places.get(row.place()) + "/" + parts.get(row.part()) + "/history?limit=200")
                .path("items");
        assertThat(StreamSupport.stream(card.spliterator(), false)
                        .map(it -> it.path("balanceAfter").intValue()))
                .containsExactlyElementsOf(ledger.stream()
                        .filter(it -> it.row().equals(row))
                        .map(Entry::balance)
                        .toList());
    }

    private void compareTotals(String part) {
        int expected = quantities.entrySet().stream()
                .filter(it -> it.getKey().part().equals(part))
                .mapToInt(Map.Entry::getValue)
                .sum();
        JsonNode totals = room.got("/api/parts/" + parts.get(part) + "/stock");
        assertThat(totals.path("quantity").intValue()).isEqualTo(expected);
        assertThat(totals.path("available").intValue()).isEqualTo(expected);
        assertThat(totals.path("position").longValue())
                .isEqualTo(room.got("/api/log/head").path("position").longValue());
    }

    private void compareConsumption(String part) {
        for (String bucket : List.of("day", "week", "month")) {
            compareConsumption(part, null, bucket);
            places.keySet().forEach(place -> compareConsumption(part, place, bucket));
        }
    }

    private void compareConsumption(String part, @Nullable String place, String bucket) {
        JsonNode buckets = room.got("/api/parts/" + parts.get(part) + "/consumption?bucket=" + bucket
                        + (place == null ? "" : "&locationId=" + places.get(place)))
                .path("buckets");
        Map<LocalDate, Integer> issued = new TreeMap<>();
        Map<LocalDate, Integer> returned = new TreeMap<>();
        Map<LocalDate, BigDecimal> revenue = new TreeMap<>();
        for (Entry it : ledger) {
            if (it.row().part().equals(part)
                    && (place == null || it.row().place().equals(place))) {
                LocalDate day =
                        LocalDate.ofInstant(it.occurredAt(), ZONES.get(it.row().place()));
                LocalDate from = startOf(day, bucket);
                if (it.type().equals("ISSUE")) {
                    issued.merge(from, -it.change(), Integer::sum);
                    revenue.merge(from, it.price().multiply(new BigDecimal(-it.change())), BigDecimal::add);
                } else if (it.type().equals("RETURN")) {
                    returned.merge(from, it.change(), Integer::sum);
                }
            }
        }
        Map<LocalDate, Integer> answeredIssued = new TreeMap<>();
        Map<LocalDate, Integer> answeredReturned = new TreeMap<>();
        LocalDate last = null;
        for (JsonNode it : buckets) {
            LocalDate from = LocalDate.parse(text(it, "from"));
            assertThat(last == null || from.equals(next(last, bucket)))
                    .as("no gap before %s", from)
                    .isTrue();
            last = from;
            putUnlessZero(answeredIssued, from, it.path("issued").intValue());
            putUnlessZero(answeredReturned, from, it.path("returned").intValue());
            assertThat(it.path("revenue").decimalValue())
                    .isEqualByComparingTo(revenue.getOrDefault(from, BigDecimal.ZERO));
        }
        assertThat(answeredIssued).isEqualTo(issued);
        assertThat(answeredReturned).isEqualTo(returned);
    }

    private static void putUnlessZero(Map<LocalDate, Integer> figures, LocalDate from, int figure) {
        if (figure != 0) {
            figures.put(from, figure);
        }
    }

    private static LocalDate startOf(LocalDate day, String bucket) {
        return switch (bucket) {
            case "week" -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
            case "month" -> day.withDayOfMonth(1);
            default -> day;
        };
    }

    private static LocalDate next(LocalDate from, String bucket) {
        return switch (bucket) {
            case "week" -> from.plusWeeks(1);
            case "month" -> from.plusMonths(1);
            default -> from.plusDays(1);
        };
    }

    private record Mover(String part, int quantity, BigDecimal value, int transactions) {}

    private void compareMovers(String place) {
        Instant since = Instant.now().minus(30, ChronoUnit.DAYS);
        List<Mover> expected = parts.keySet().stream()
                .map(part -> moverOf(place, part, since))
                .filter(mover -> mover.quantity() > 0)
                .sorted(Comparator.comparing(Mover::quantity).reversed().thenComparing(Mover::part))
                .toList();
        List<Mover> answered = new ArrayList<>();
        room.got("/api/inventory/top-moving?locationId=" + places.get(place))
                .path("items")
                .forEach(it -> answered.add(new Mover(
                        text(it, "partNumber"),
                        it.path("quantity").intValue(),
                        it.path("value").decimalValue().stripTrailingZeros(),
                        it.path("transactions").intValue())));
        assertThat(answered).isEqualTo(expected);
    }

    private Mover moverOf(String place, String part, Instant since) {
        List<Entry> issues = ledger.stream()
                .filter(it -> it.row().equals(new Row(place, part)) && it.type().equals("ISSUE"))
                .filter(it -> !it.occurredAt().isBefore(since))
                .toList();
        BigDecimal value = issues.stream()
                .map(it -> it.price().multiply(new BigDecimal(-it.change())))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        int quantity = -issues.stream().mapToInt(Entry::change).sum();
        return new Mover(part, quantity, value.stripTrailingZeros(), issues.size());
    }
}
