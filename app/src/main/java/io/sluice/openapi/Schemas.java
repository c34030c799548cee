package io.sluice.openapi;

import io.sluice.shared.Quantity;
import io.sluice.shared.TenantId;
import io.sluice.web.Change;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * JSON schemas of records. What a client sends may be null where the component is {@code @Nullable}; what the server
 * sends is left out then. So a record that goes both ways has two schemas.
 */
final class Schemas {

    private static final BigDecimal LARGEST = new BigDecimal("999999999999999");
    private static final int LONGEST = 1 << 20;

    private final Map<String, Map<String, Object>> known = new TreeMap<>();
    private final Map<String, Class<?>> names = new TreeMap<>();

    Map<String, Map<String, Object>> all() {
        return known;
    }

    Map<String, Object> sent(Type type) {
        return of(type, true);
    }

    Map<String, Object> answered(Type type) {
        return of(type, false);
    }

    /** A component with its limits, as a parameter or a field. */
    Map<String, Object> sent(RecordComponent component) {
        return property(component, true);
    }

    static boolean isRequired(RecordComponent component) {
        return !component.getAnnotatedType().isAnnotationPresent(Nullable.class) && component.getType() != Change.class;
    }

    private Map<String, Object> of(Type type, boolean sent) {
        Class<?> raw = raw(type);
        if (raw == Change.class) {
            return of(argument(type, 0), sent);
        }
        if (Collection.class.isAssignableFrom(raw)) {
            return schema("array", "items", of(argument(type, 0), sent));
        }
        if (Map.class.isAssignableFrom(raw)) {
            return schema(
                    "object", "additionalProperties", type instanceof ParameterizedType ? mapValue(type, sent) : true);
        }
        return raw.isRecord() && raw != Quantity.class && raw != TenantId.class ? reference(raw, sent) : leaf(raw);
    }

    private Object mapValue(Type type, boolean sent) {
        Type value = argument(type, 1);
        return value == Object.class || !(value instanceof Class<?> || value instanceof ParameterizedType)
                ? true
                : of(value, sent);
    }

    private static Map<String, Object> leaf(Class<?> raw) {
        if (raw.isEnum()) {
            return schema(
                    "string",
                    "enum",
                    Arrays.stream(raw.getEnumConstants())
                            .map(it -> ((Enum<?>) it).name())
                            .toList());
        }
        return switch (raw.getSimpleName()) {
            case "String" -> schema("string");
            case "Integer", "int" -> schema("integer", "format", "int32");
            case "Long", "long" -> schema("integer", "format", "int64");
            case "Boolean", "boolean" -> schema("boolean");
            case "Double", "double" -> schema("number", "format", "double");
            case "BigDecimal" -> schema("number");
            case "Quantity" -> quantity();
            default -> text(raw);
        };
    }

    private static Map<String, Object> quantity() {
        Map<String, Object> schema = schema("number");
        schema.put("minimum", LARGEST.negate());
        schema.put("maximum", LARGEST);
        schema.put("description", "Exact, with at most three decimals");
        return schema;
    }

    private static Map<String, Object> text(Class<?> raw) {
        if (raw == UUID.class || raw == TenantId.class) {
            return schema("string", "format", "uuid");
        }
        if (raw == Instant.class) {
            return schema("string", "format", "date-time");
        }
        if (raw == LocalDate.class) {
            return schema("string", "format", "date");
        }
        if (raw == ZoneId.class) {
            return schema("string", "format", "time-zone");
        }
        if (raw == Object.class) {
            return new LinkedHashMap<>();
        }
        throw new IllegalStateException("no schema for " + raw);
    }

    private Map<String, Object> reference(Class<?> type, boolean sent) {
        String name = nameOf(type) + (sent ? "Sent" : "");
        Class<?> other = names.putIfAbsent(name, type);
        if (other != null && other != type) {
            throw new IllegalStateException(type + " and " + other + " have the same name " + name);
        }
        if (other == null) {
            Map<String, Object> schema = new LinkedHashMap<>();
            known.put(name, schema);
            schema.putAll(record(type, sent));
        }
        return new LinkedHashMap<>(Map.of("$ref", "#/components/schemas/" + name));
    }

    /** {@code PartsHttp.Wish} is PartsWish. */
    private static String nameOf(Class<?> type) {
        Class<?> around = type.getEnclosingClass();
        return around == null || around == Description.class
                ? type.getSimpleName()
                : nameOf(around).replaceFirst("Http$", "") + type.getSimpleName();
    }

    private Map<String, Object> record(Class<?> type, boolean sent) {
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            properties.put(component.getName(), property(component, sent));
            if (isRequired(component)) {
                required.add(component.getName());
            }
        }
        Map<String, Object> schema = schema("object", "properties", properties);
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        schema.put("additionalProperties", false);
        return schema;
    }

    private Map<String, Object> property(RecordComponent component, boolean sent) {
        Map<String, Object> schema = of(component.getGenericType(), sent);
        if (sent) {
            limit(schema, component.getAccessor());
        }
        return sent && !isRequired(component) ? nullable(schema) : schema;
    }

    private static Map<String, Object> nullable(Map<String, Object> schema) {
        if (schema.get("type") instanceof String type) {
            schema.put("type", List.of(type, "null"));
            if (schema.get("enum") instanceof List<?> words) {
                List<@Nullable Object> withNull = new ArrayList<>(words);
                withNull.add(null);
                schema.put("enum", withNull);
            }
            return schema;
        }
        return new LinkedHashMap<>(Map.of("anyOf", List.of(schema, Map.of("type", "null"))));
    }

    private static void limit(Map<String, Object> schema, AnnotatedElement component) {
        boolean array = "array".equals(schema.get("type"));
        boolean text =
                "string".equals(schema.get("type")) && !schema.containsKey("format") && !schema.containsKey("enum");
        Size size = component.getAnnotation(Size.class);
        if (size != null) {
            put(schema, array ? "minItems" : "minLength", size.min() > 0 ? size.min() : null);
            put(schema, array ? "maxItems" : "maxLength", size.max());
        } else if (text) {
            schema.put("maxLength", LONGEST);
        }
        Min min = component.getAnnotation(Min.class);
        put(schema, "minimum", min == null ? null : min.value());
        Max max = component.getAnnotation(Max.class);
        put(schema, "maximum", max == null ? null : max.value());
        DecimalMin least = component.getAnnotation(DecimalMin.class);
        if (least != null) {
            schema.put(least.inclusive() ? "minimum" : "exclusiveMinimum", new BigDecimal(least.value()));
        }
        Pattern pattern = component.getAnnotation(Pattern.class);
        put(schema, "pattern", pattern == null ? null : "^(?:" + pattern.regexp() + ")$");
    }

    private static void put(Map<String, Object> schema, String name, @Nullable Object value) {
        if (value != null) {
            schema.put(name, value);
        }
    }

    static Map<String, Object> schema(String type) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", type);
        return schema;
    }

    static Map<String, Object> schema(String type, String name, Object value) {
        Map<String, Object> schema = schema(type);
        schema.put(name, value);
        return schema;
    }

    static Class<?> raw(Type type) {
        return switch (type) {
            case Class<?> plain -> plain;
            case ParameterizedType parameterized -> (Class<?>) parameterized.getRawType();
            default -> Object.class;
        };
    }

    static Type argument(Type type, int index) {
        return type instanceof ParameterizedType parameterized
                ? parameterized.getActualTypeArguments()[index]
                : Object.class;
    }
}
