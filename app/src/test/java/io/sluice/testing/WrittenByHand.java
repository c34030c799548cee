package io.sluice.testing;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The log's hash chain, computed a second time by nobody who knows the server's code: rows over JDBC, RFC 8785 and
 * SHA-256 written here.
 */
public final class WrittenByHand {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private WrittenByHand() {}

    /** A stored event: its place, what it says of the hashes, and its content in canonical form. */
    public record Event(long position, String previous, String hash, String content) {}

    public static List<Event> eventsOf(TestTenant tenant) {
        return Owner.query(
                """
                SELECT position, id, type, version, topics, subject, actor, cause, at, payload,
                       encode(prev_hash, 'hex') AS prev, encode(hash, 'hex') AS hash
                FROM event WHERE tenant_id = ? ORDER BY position
                """,
                row -> {
                    Map<String, String> fields = new TreeMap<>();
                    fields.put("position", row.getString("position"));
                    fields.put("id", quoted(row.getString("id")));
                    fields.put("type", quoted(row.getString("type")));
                    fields.put("version", row.getString("version"));
                    fields.put(
                            "topics",
                            Arrays.stream((String[]) row.getArray("topics").getArray())
                                    .map(WrittenByHand::quoted)
                                    .collect(Collectors.joining(",", "[", "]")));
                    fields.put("subject", quoted(row.getString("subject")));
                    fields.put("actor", canonical(JSON.readTree(row.getString("actor"))));
                    fields.put("cause", canonical(JSON.readTree(row.getString("cause"))));
                    fields.put(
                            "at",
                            quoted(row.getObject("at", OffsetDateTime.class)
                                    .toInstant()
                                    .toString()));
                    fields.put("payload", canonical(JSON.readTree(row.getString("payload"))));
                    return new Event(
                            row.getLong("position"), row.getString("prev"), row.getString("hash"), object(fields));
                },
                tenant.id().value());
    }

    /** The position of the first event that does not follow the one before; null when all do. */
    public static @Nullable Long firstBroken(List<Event> events) {
        String previous = "0".repeat(64);
        for (Event event : events) {
            if (!event.previous().equals(previous) || !event.hash().equals(hash(previous, event.content()))) {
                return event.position();
            }
            previous = event.hash();
        }
        return null;
    }

    /** As the server's own rules would have it. */
    public static String hash(String previous, String content) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(HexFormat.of().parseHex(previous));
            digest.update(content.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String canonical(JsonNode node) {
        if (node.isObject()) {
            Map<String, String> fields = new TreeMap<>();
            node.properties().forEach(it -> fields.put(it.getKey(), canonical(it.getValue())));
            return object(fields);
        }
        if (node.isArray()) {
            List<String> items = new ArrayList<>();
            node.forEach(item -> items.add(canonical(item)));
            return "[" + String.join(",", items) + "]";
        }
        if (node.isString()) {
            return quoted(node.stringValue());
        }
        return node.isNumber() ? number(node) : node.toString();
    }

    private static String number(JsonNode node) {
        String plain = node.decimalValue().toPlainString();
        String shortest = plain.contains(".") ? plain.replaceFirst("0+$", "").replaceFirst("\\.$", "") : plain;
        return shortest.equals("-0") ? "0" : shortest;
    }

    private static String object(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(it -> quoted(it.getKey()) + ":" + it.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            int known = "\"\\\b\f\n\r\t".indexOf(c);
            if (known >= 0) {
                out.append('\\').append("\"\\bfnrt".charAt(known));
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
