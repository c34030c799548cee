package io.sluice.web;

import io.sluice.shared.FieldError;
import io.sluice.shared.Ids;
import io.sluice.shared.Problem;
import io.sluice.shared.Quantity;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes records out of JSON objects and query parameters and names every field that is wrong, not only the first: of
 * the wrong type, out of its constraint, missing (a component that is not {@code @Nullable}) or unknown. The
 * constraints are those that OpenAPI shows: {@code @Size}, {@code @Min}, {@code @Max}, {@code @DecimalMin} and
 * {@code @Pattern} on the components. Nothing is coerced: a number in quotes is not a number.
 */
public final class Binder {

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(32)
                            .maxNumberLength(64)
                            .maxStringLength(1 << 20)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final java.util.regex.Pattern HALF = java.util.regex.Pattern.compile("\\p{Cs}");
    private static final String UNKEPT = "the character U+0000 nor half of a surrogate pair";
    private static final Map<Class<?>, Shape> SHAPES = new ConcurrentHashMap<>();

    private Binder() {}

    private record Shape(MethodHandle constructor, List<Field> fields, Map<String, Field> byName) {}

    private record Field(
            String name,
            Type type,
            boolean required,
            @Nullable Size size,
            @Nullable Min min,
            @Nullable Max max,
            @Nullable DecimalMin decimalMin,
            java.util.regex.@Nullable Pattern pattern) {}

    /** The JSON object in the bytes; {@code malformed-json} when there is none. */
    public static JsonNode parse(byte[] json) {
        try {
            JsonNode node = isUtf8(json) ? MAPPER.readTree(json) : null;
            if (node == null || !node.isObject()) {
                throw new Problem.Invalid("malformed-json", "a JSON object is expected", List.of());
            }
            return node;
        } catch (JacksonException e) {
            String where = e.getLocation() == null
                    ? ""
                    : " at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw new Problem.Invalid("malformed-json", "the body is not valid JSON" + where, List.of());
        }
    }

    /** The parser would find out UTF-16 and UTF-32 by itself and pass over a byte order mark (RFC 8259, 8.1). */
    private static boolean isUtf8(byte[] json) {
        return json.length > 0 && json[0] > 0 && (json.length == 1 || json[1] != 0);
    }

    public static <T extends Record> T bind(byte[] json, Class<T> type) {
        return bind(parse(json), type);
    }

    public static <T extends Record> T bind(JsonNode object, Class<T> type) {
        List<FieldError> errors = new ArrayList<>();
        T value = record(object, type, "", errors);
        if (!errors.isEmpty() || value == null) {
            throw new Problem.Invalid(errors);
        }
        return value;
    }

    /** Query parameters: lists may be repeated or separated by commas, anything else comes once. */
    public static <T extends Record> T bind(MultiValueMap<String, String> parameters, Class<T> type) {
        List<FieldError> errors = new ArrayList<>();
        Shape shape = shapeOf(type);
        for (String name : parameters.keySet()) {
            if (!shape.byName().containsKey(name)) {
                errors.add(unknown(name, name, shape));
            }
        }
        @Nullable Object[] values = new Object[shape.fields().size()];
        for (int i = 0; i < values.length; i++) {
            Field field = shape.fields().get(i);
            values[i] = parameter(parameters.get(field.name()), field, errors);
        }
        T value = errors.isEmpty() ? construct(type, shape, values, "", errors) : null;
        if (value == null) {
            throw new Problem.Invalid(errors);
        }
        return value;
    }

    private static @Nullable Object parameter(@Nullable List<String> texts, Field field, List<FieldError> errors) {
        if (texts == null || texts.isEmpty()) {
            return absent(field, field.name(), errors);
        }
        if (raw(field.type()) == List.class) {
            Type element = argument(field.type());
            List<Object> items = new ArrayList<>();
            for (String text : texts) {
                for (String piece : text.split(",", -1)) {
                    add(items, fromText(piece, element, field, field.name(), errors));
                }
            }
            return checkedSize(items, field, field.name(), errors);
        }
        if (texts.size() > 1) {
            errors.add(new FieldError(field.name(), "repeated", "is expected once"));
            return null;
        }
        return fromText(texts.getFirst(), field.type(), field, field.name(), errors);
    }

    private static @Nullable Object fromText(
            String text, Type type, Field field, String path, List<FieldError> errors) {
        Class<?> raw = raw(type);
        try {
            Object value =
                    switch (raw.getSimpleName()) {
                        case "String" -> text;
                        case "Integer", "int" -> Integer.valueOf(text);
                        case "Long", "long" -> Long.valueOf(text);
                        case "Boolean", "boolean" -> strictBoolean(text);
                        case "BigDecimal" -> new BigDecimal(text);
                        case "Quantity" -> Quantity.of(new BigDecimal(text));
                        default -> scalar(text, raw);
                    };
            return constrained(value, field, path, errors);
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException _) {
            errors.add(wrongType(path, raw));
            return null;
        }
    }

    private static Boolean strictBoolean(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        };
    }

    private static <T extends Record> @Nullable T record(
            JsonNode object, Class<T> type, String prefix, List<FieldError> errors) {
        Shape shape = shapeOf(type);
        int before = errors.size();
        for (var property : object.properties()) {
            if (!shape.byName().containsKey(property.getKey())) {
                errors.add(unknown(prefix + property.getKey(), property.getKey(), shape));
            }
        }
        @Nullable Object[] values = new Object[shape.fields().size()];
        for (int i = 0; i < values.length; i++) {
            Field field = shape.fields().get(i);
            values[i] = property(object.get(field.name()), field, prefix + field.name(), errors);
        }
        return errors.size() > before ? null : construct(type, shape, values, prefix, errors);
    }

    private static FieldError unknown(String path, String name, Shape shape) {
        String shown = name.length() > 40 ? name.substring(0, 40) + "..." : name;
        return new FieldError(
                shown(path),
                "unknown-field",
                "no field " + withoutHalves(shown) + "; known are "
                        + String.join(", ", shape.byName().keySet()));
    }

    /** What the client made up, short enough to be sent back. */
    static String shown(String path) {
        return withoutHalves(path.length() > 200 ? path.substring(0, 200) : path);
    }

    /** Half of a surrogate pair, sent alone or left by a cut, cannot be written as UTF-8. */
    private static String withoutHalves(String text) {
        return HALF.matcher(text).replaceAll("?");
    }

    private static <T extends Record> @Nullable T construct(
            Class<T> type, Shape shape, @Nullable Object[] values, String prefix, List<FieldError> errors) {
        try {
            return type.cast((Object) shape.constructor().invokeExact(values));
        } catch (Problem.Invalid problem) {
            problem.errors().forEach(it -> errors.add(new FieldError(prefix + it.field(), it.code(), it.message())));
            return null;
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("cannot make " + type, e);
        }
    }

    private static @Nullable Object property(
            @Nullable JsonNode node, Field field, String path, List<FieldError> errors) {
        if (raw(field.type()) == Change.class) {
            return node == null ? Change.none() : Change.to(changed(node, field, path, errors));
        }
        return node == null || node.isNull()
                ? absent(field, path, errors)
                : value(node, field.type(), field, path, errors);
    }

    private static @Nullable Object changed(JsonNode node, Field field, String path, List<FieldError> errors) {
        return node.isNull() ? null : value(node, argument(field.type()), field, path, errors);
    }

    private static @Nullable Object absent(Field field, String path, List<FieldError> errors) {
        if (field.required()) {
            errors.add(new FieldError(path, "required", "is required"));
        }
        return null;
    }

    private static @Nullable Object value(JsonNode node, Type type, Field field, String path, List<FieldError> errors) {
        Class<?> raw = raw(type);
        if (raw == List.class) {
            return list(node, argument(type), field, path, errors);
        }
        if (raw == Map.class) {
            return map(node, path, errors);
        }
        if (raw.isRecord() && raw != Quantity.class) {
            if (!node.isObject()) {
                errors.add(new FieldError(path, "wrong-type", "an object is expected"));
                return null;
            }
            return record(node, raw.asSubclass(Record.class), path + ".", errors);
        }
        Optional<Object> value = leaf(node, raw);
        if (value.isEmpty()) {
            errors.add(wrongType(path, raw));
            return null;
        }
        return constrained(value.get(), field, path, errors);
    }

    private static @Nullable Object list(
            JsonNode node, Type element, Field field, String path, List<FieldError> errors) {
        if (!node.isArray()) {
            errors.add(new FieldError(path, "wrong-type", "an array is expected"));
            return null;
        }
        if (field.size() != null && node.size() > field.size().max()) {
            return checkedSize(new ArrayList<>(java.util.Collections.nCopies(node.size(), "")), field, path, errors);
        }
        Field inner = new Field(path, element, true, null, null, null, null, field.pattern());
        List<Object> items = new ArrayList<>(node.size());
        for (int i = 0; i < node.size(); i++) {
            add(items, value(node.get(i), element, inner, path + "[" + i + "]", errors));
        }
        return checkedSize(items, field, path, errors);
    }

    private static @Nullable Object map(JsonNode node, String path, List<FieldError> errors) {
        if (!node.isObject()) {
            errors.add(new FieldError(path, "wrong-type", "an object is expected"));
            return null;
        }
        if (!canBeKept(node)) {
            errors.add(new FieldError(
                    path, "out-of-range", "must not contain " + UNKEPT + " nor a number of more than 40 digits"));
            return null;
        }
        return MAPPER.treeToValue(node, Map.class);
    }

    private static boolean canBeKept(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> canBeKept(node.stringValue());
            case NUMBER -> leaf(node, BigDecimal.class).isPresent();
            case OBJECT ->
                node.properties().stream().allMatch(it -> canBeKept(it.getKey()) && canBeKept(it.getValue()));
            case ARRAY -> node.valueStream().allMatch(Binder::canBeKept);
            case BINARY, BOOLEAN, MISSING, NULL, POJO -> true;
        };
    }

    private static boolean canBeKept(String text) {
        return text.indexOf('\0') < 0 && !HALF.matcher(text).find();
    }

    private static void add(List<Object> items, @Nullable Object item) {
        if (item != null) {
            items.add(item);
        }
    }

    private static @Nullable Object checkedSize(List<Object> items, Field field, String path, List<FieldError> errors) {
        Size size = field.size();
        if (size != null && (items.size() < size.min() || items.size() > size.max())) {
            errors.add(new FieldError(
                    path,
                    "out-of-range",
                    "has " + items.size() + " elements, " + size.min() + " to " + size.max() + " are allowed"));
            return null;
        }
        return List.copyOf(items);
    }

    private static Optional<Object> leaf(JsonNode node, Class<?> raw) {
        try {
            return Optional.ofNullable(
                    switch (raw.getSimpleName()) {
                        case "String" -> node.isString() ? node.stringValue() : null;
                        case "Integer", "int" ->
                            node.isIntegralNumber() && node.canConvertToInt() ? node.intValue() : null;
                        case "Long", "long" ->
                            node.isIntegralNumber() && node.canConvertToLong() ? node.longValue() : null;
                        case "Boolean", "boolean" -> node.isBoolean() ? node.booleanValue() : null;
                        case "BigDecimal" -> node.isNumber() ? bounded(node.decimalValue()) : null;
                        case "Quantity" -> node.isNumber() ? Quantity.of(bounded(node.decimalValue())) : null;
                        default -> node.isString() ? scalar(node.stringValue(), raw) : null;
                    });
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException | JacksonException _) {
            return Optional.empty();
        }
    }

    /** A number such as 1e999999999 must not be unfolded into its digits. */
    private static BigDecimal bounded(BigDecimal value) {
        if (Math.abs((long) value.scale()) > 40 || value.precision() > 40) {
            throw new ArithmeticException("too many digits");
        }
        return value;
    }

    private static Object scalar(String text, Class<?> raw) {
        if (raw == UUID.class) {
            return Ids.of(text);
        }
        if (raw == Instant.class) {
            return OffsetDateTime.parse(text).toInstant();
        }
        if (raw == LocalDate.class) {
            return LocalDate.parse(text);
        }
        if (raw == ZoneId.class) {
            return ZoneId.of(text);
        }
        if (raw.isEnum()) {
            return constant(text, raw);
        }
        throw new IllegalStateException("no binding for " + raw);
    }

    private static Object constant(String text, Class<?> raw) {
        for (Object constant : raw.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(text)) {
                return constant;
            }
        }
        throw new IllegalArgumentException(text);
    }

    private static FieldError wrongType(String path, Class<?> raw) {
        if (raw.isEnum()) {
            String names =
                    Arrays.stream(raw.getEnumConstants()).map(Object::toString).collect(Collectors.joining(", "));
            return new FieldError(path, "unknown-value", "one of " + names + " is expected");
        }
        return new FieldError(path, "wrong-type", expectation(raw) + " is expected");
    }

    private static String expectation(Class<?> raw) {
        return switch (raw.getSimpleName()) {
            case "String" -> "a string";
            case "Integer", "int" -> "an integer from -2147483648 to 2147483647";
            case "Long", "long" -> "an integer";
            case "Boolean", "boolean" -> "true or false";
            case "BigDecimal" -> "a number";
            case "Quantity" -> "a number with at most 15 digits before and 3 after the point";
            case "UUID" -> "a UUID";
            case "Instant" -> "a time such as 2026-01-31T12:00:00Z";
            case "LocalDate" -> "a date such as 2026-01-31";
            case "ZoneId" -> "a time zone such as Europe/Berlin";
            default -> "a value of " + raw.getSimpleName();
        };
    }

    private static @Nullable Object constrained(Object value, Field field, String path, List<FieldError> errors) {
        String wrong =
                switch (value) {
                    case String text -> wrongText(text, field);
                    case Integer number -> wrongNumber(BigDecimal.valueOf(number), field);
                    case Long number -> wrongNumber(BigDecimal.valueOf(number), field);
                    case BigDecimal number -> wrongNumber(number, field);
                    case Quantity quantity -> wrongNumber(quantity.toBigDecimal(), field);
                    default -> null;
                };
        if (wrong != null) {
            errors.add(new FieldError(path, "out-of-range", wrong));
            return null;
        }
        return value;
    }

    private static @Nullable String wrongText(String text, Field field) {
        Size size = field.size();
        if (!canBeKept(text)) {
            return "must not contain " + UNKEPT;
        }
        if (size != null
                && raw(field.type()) != List.class
                && (text.length() < size.min() || text.length() > size.max())) {
            return "has " + text.length() + " characters, " + size.min() + " to " + size.max() + " are allowed";
        }
        if (field.pattern() != null && !field.pattern().matcher(text).matches()) {
            return "must match " + field.pattern();
        }
        return null;
    }

    private static @Nullable String wrongNumber(BigDecimal number, Field field) {
        if (field.min() != null
                && number.compareTo(BigDecimal.valueOf(field.min().value())) < 0) {
            return "must be at least " + field.min().value();
        }
        if (field.max() != null
                && number.compareTo(BigDecimal.valueOf(field.max().value())) > 0) {
            return "must be at most " + field.max().value();
        }
        if (field.decimalMin() != null) {
            int sign = number.compareTo(new BigDecimal(field.decimalMin().value()));
            if (sign < 0 || (sign == 0 && !field.decimalMin().inclusive())) {
                return "must be " + (field.decimalMin().inclusive() ? "at least " : "more than ")
                        + field.decimalMin().value();
            }
        }
        return null;
    }

    private static Shape shapeOf(Class<?> type) {
        return SHAPES.computeIfAbsent(type, Binder::inspect);
    }

    private static Shape inspect(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Map<String, Field> byName = new LinkedHashMap<>();
        for (RecordComponent component : components) {
            byName.put(component.getName(), toField(component));
        }
        try {
            var constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            MethodHandle made = MethodHandles.lookup()
                    .unreflectConstructor(constructor)
                    .asSpreader(Object[].class, types.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
            return new Shape(made, List.copyOf(byName.values()), byName);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot inspect " + type, e);
        }
    }

    private static Field toField(RecordComponent component) {
        boolean optional =
                component.getAnnotatedType().isAnnotationPresent(Nullable.class) || component.getType() == Change.class;
        // Constraints are no annotations of components: the compiler hands them to the accessor (JLS 8.10.3).
        Method limits = component.getAccessor();
        Pattern pattern = limits.getAnnotation(Pattern.class);
        return new Field(
                component.getName(),
                component.getGenericType(),
                !optional,
                limits.getAnnotation(Size.class),
                limits.getAnnotation(Min.class),
                limits.getAnnotation(Max.class),
                limits.getAnnotation(DecimalMin.class),
                pattern == null ? null : java.util.regex.Pattern.compile(pattern.regexp()));
    }

    private static Class<?> raw(Type type) {
        return type instanceof ParameterizedType parameterized
                ? (Class<?>) parameterized.getRawType()
                : (Class<?>) type;
    }

    private static Type argument(Type type) {
        return ((ParameterizedType) type).getActualTypeArguments()[0];
    }
}
