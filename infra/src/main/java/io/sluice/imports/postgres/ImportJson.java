package io.sluice.imports.postgres;

import io.sluice.access.Scope;
import io.sluice.imports.Checkpoint;
import io.sluice.imports.Counters;
import io.sluice.imports.ImportOptions;
import io.sluice.imports.ImportRights;
import io.sluice.imports.LineReader;
import io.sluice.imports.Tally;
import io.sluice.inventory.MovementType;
import io.sluice.log.CanonicalJson;
import io.sluice.postgres.JsonText;
import io.sluice.shared.Problem;
import io.sluice.shared.Quantity;
import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The parts of an import that are kept as JSON. */
final class ImportJson {

    static final LineReader.JsonObjects LINES = ImportJson::fields;

    private ImportJson() {}

    private static Map<String, @Nullable String> fields(String line) {
        Map<String, Object> object;
        try {
            object = JsonText.object(line);
        } catch (RuntimeException _) {
            throw new Problem.Invalid("malformed-json", "a JSON object is expected", List.of());
        }
        Map<String, @Nullable String> fields = new LinkedHashMap<>();
        object.forEach((name, value) -> fields.put(name, text(value)));
        return fields;
    }

    private static @Nullable String text(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case String text -> text;
            case BigDecimal number -> number.toPlainString();
            case Map<?, ?> map -> CanonicalJson.write(map);
            case Collection<?> items -> items.stream().map(String::valueOf).collect(Collectors.joining("|"));
            default -> value.toString();
        };
    }

    static String write(ImportOptions it) {
        Map<String, @Nullable Object> fields = new HashMap<>();
        fields.put("dryRun", it.dryRun());
        fields.put("mode", it.mode());
        fields.put("opening", it.opening());
        fields.put("location", it.location());
        fields.put("locationByCountry", it.locationByCountry());
        fields.put("shiftDates", it.shiftDates());
        fields.put("pace", it.pace());
        fields.put("createMissing", it.createMissing());
        fields.put("upsert", it.upsert());
        fields.put("delimiter", it.delimiter() == null ? null : it.delimiter().toString());
        fields.put("charset", it.charset());
        fields.put("decimal", Character.toString(it.decimal()));
        fields.put("dateFormat", it.dateFormat());
        fields.put("timeZone", it.zone() == null ? null : it.zone().getId());
        fields.put("currency", it.currency());
        fields.put("mapping", it.mapping());
        return CanonicalJson.write(fields);
    }

    static ImportOptions options(String json) {
        Map<String, Object> fields = JsonText.object(json);
        String delimiter = maybe(fields, "delimiter");
        String zone = maybe(fields, "timeZone");
        String location = maybe(fields, "location");
        Map<String, String> mapping = new HashMap<>();
        object(fields, "mapping").forEach((name, value) -> mapping.put(name, String.valueOf(value)));
        return new ImportOptions(
                truth(fields, "dryRun"),
                ImportOptions.Mode.valueOf(text(fields, "mode")),
                ImportOptions.Opening.valueOf(text(fields, "opening")),
                location == null ? null : UUID.fromString(location),
                truth(fields, "locationByCountry"),
                ImportOptions.ShiftDates.valueOf(text(fields, "shiftDates")),
                (int) number(fields, "pace"),
                truth(fields, "createMissing"),
                truth(fields, "upsert"),
                delimiter == null ? null : delimiter.charAt(0),
                text(fields, "charset"),
                text(fields, "decimal").charAt(0),
                maybe(fields, "dateFormat"),
                zone == null ? null : ZoneId.of(zone),
                maybe(fields, "currency"),
                mapping);
    }

    static String write(ImportRights it) {
        Map<String, @Nullable Object> fields = new HashMap<>();
        fields.put("move", ids(it.move()));
        fields.put("adjust", ids(it.adjust()));
        fields.put("configure", ids(it.configure()));
        fields.put("goodsIn", ids(it.goodsIn()));
        return CanonicalJson.write(fields);
    }

    private static @Nullable Object ids(Scope<UUID> scope) {
        return scope instanceof Scope.Only<UUID>(var ids) ? ids : null;
    }

    static ImportRights rights(String json) {
        Map<String, Object> fields = JsonText.object(json);
        return new ImportRights(
                scope(fields.get("move")),
                scope(fields.get("adjust")),
                scope(fields.get("configure")),
                scope(fields.get("goodsIn")));
    }

    private static Scope<UUID> scope(@Nullable Object ids) {
        return ids instanceof Collection<?> some
                ? Scope.only(
                        some.stream().map(id -> UUID.fromString(id.toString())).collect(Collectors.toSet()))
                : Scope.all();
    }

    static Map<String, Object> fields(Counters it) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("read", it.read());
        fields.put("applied", it.applied());
        fields.put("duplicate", it.duplicate());
        fields.put("skipped", it.skipped());
        fields.put("failed", it.failed());
        return fields;
    }

    static String write(Checkpoint it) {
        Tally tally = it.tally();
        Map<String, Object> types = new HashMap<>();
        tally.byType().forEach((type, count) -> types.put(type.name(), count));
        Map<String, Object> fields = new HashMap<>();
        fields.put("line", it.line());
        fields.put("bytes", it.bytes());
        fields.put("opened", it.opened());
        fields.put("columns", it.columns());
        fields.put("delimiter", it.delimiter());
        fields.put("byType", types);
        fields.put("out", tally.out());
        fields.put("back", tally.back());
        fields.put("revenue", tally.revenue());
        fields.put("refunded", tally.refunded());
        fields.put("days", tally.days());
        return CanonicalJson.write(fields);
    }

    static Checkpoint checkpoint(String json, String counters) {
        Map<String, Object> fields = JsonText.object(json);
        if (fields.isEmpty()) {
            return Checkpoint.START;
        }
        Map<MovementType, Long> types = new HashMap<>();
        object(fields, "byType")
                .forEach((type, count) -> types.put(MovementType.valueOf(type), Long.valueOf(count.toString())));
        var tally = new Tally(
                types,
                Quantity.of(decimal(fields, "out")),
                Quantity.of(decimal(fields, "back")),
                decimal(fields, "revenue"),
                decimal(fields, "refunded"),
                number(fields, "days"));
        Map<String, Object> counted = JsonText.object(counters);
        return new Checkpoint(
                number(fields, "line"),
                number(fields, "bytes"),
                truth(fields, "opened"),
                new Counters(
                        number(counted, "read"),
                        number(counted, "applied"),
                        number(counted, "duplicate"),
                        number(counted, "skipped"),
                        number(counted, "failed")),
                tally,
                ((Collection<?>) fields.getOrDefault("columns", List.of()))
                        .stream().map(String::valueOf).toList(),
                text(fields, "delimiter"));
    }

    private static Map<String, Object> object(Map<String, Object> fields, String name) {
        Map<String, Object> object = new LinkedHashMap<>();
        if (fields.get(name) instanceof Map<?, ?> map) {
            map.forEach((key, value) -> object.put(key.toString(), value));
        }
        return object;
    }

    private static String text(Map<String, Object> fields, String name) {
        String value = maybe(fields, name);
        if (value == null) {
            throw new IllegalStateException(name + " is missing");
        }
        return value;
    }

    private static @Nullable String maybe(Map<String, Object> fields, String name) {
        Object value = fields.get(name);
        return value == null ? null : value.toString();
    }

    private static boolean truth(Map<String, Object> fields, String name) {
        return Boolean.TRUE.equals(fields.get(name));
    }

    private static long number(Map<String, Object> fields, String name) {
        return fields.get(name) instanceof Number number ? number.longValue() : 0;
    }

    private static BigDecimal decimal(Map<String, Object> fields, String name) {
        String value = maybe(fields, name);
        return value == null ? BigDecimal.ZERO : new BigDecimal(value);
    }
}
