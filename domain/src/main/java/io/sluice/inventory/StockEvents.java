package io.sluice.inventory;

import static io.sluice.access.Permission.AUDIT_READ;
import static io.sluice.access.Permission.STOCK_READ;

import io.sluice.log.Event;
import io.sluice.log.EventType;
import io.sluice.log.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The events of stock, with the topics that they travel on. */
public final class StockEvents {

    public static final EventType CHANGED = EventType.stateCarrying(
            "stock.changed",
            STOCK_READ,
            "locationId",
            "partId",
            "partNumber",
            "movementId",
            "type",
            "change",
            "newQuantity",
            "available",
            "reserved",
            "held",
            "lotIds",
            "reference",
            "occurredAt",
            "metadata");
    public static final EventType THRESHOLD_CHANGED =
            EventType.of("stock.threshold.changed", STOCK_READ, "locationId", "partId", "partNumber", "old", "new");
    private static final String[] ALERT_FIELDS = {
        "alertId",
        "kind",
        "level",
        "locationId",
        "partId",
        "partNumber",
        "quantity",
        "threshold",
        "by",
        "note",
        "resolution",
        "raisedFromId"
    };
    public static final EventType ALERT_OPENED = EventType.of("stock.alert.opened", STOCK_READ, ALERT_FIELDS);
    public static final EventType ALERT_UPDATED = EventType.of("stock.alert.updated", STOCK_READ, ALERT_FIELDS);
    public static final EventType ALERT_ACKNOWLEDGED =
            EventType.of("stock.alert.acknowledged", STOCK_READ, ALERT_FIELDS);
    public static final EventType ALERT_RESOLVED = EventType.of("stock.alert.resolved", STOCK_READ, ALERT_FIELDS);

    /** Somebody looked at live stock: nothing has changed, but it can be found in the audit. */
    public static final EventType QUERIED = EventType.of(
            "stock.queried", AUDIT_READ, "accountId", "locationId", "partId", "categoryId", "connectionId");

    public static final List<EventType> ALL = List.of(
            CHANGED, THRESHOLD_CHANGED, ALERT_OPENED, ALERT_UPDATED, ALERT_ACKNOWLEDGED, ALERT_RESOLVED, QUERIED);

    private StockEvents() {}

    static Event changed(Movement movement, StockRow row, PartFacts part) {
        Map<String, Object> payload = new HashMap<>();
        payload.put("locationId", row.key().location());
        payload.put("partId", row.key().part());
        payload.put("partNumber", part.partNumber());
        payload.put("movementId", movement.id());
        payload.put("type", movement.move().type());
        payload.put("change", movement.change());
        payload.put("newQuantity", row.quantity());
        payload.put("available", row.available());
        payload.put("reserved", row.reserved());
        payload.put("held", row.held());
        payload.put("lotIds", List.of());
        payload.put("occurredAt", movement.occurredAt());
        Reference reference = movement.move().reference();
        if (reference != null) {
            payload.put("reference", Map.of("type", reference.type(), "id", reference.id()));
        }
        if (movement.move().metadata() != null) {
            payload.put("metadata", movement.move().metadata());
        }
        return Event.of(CHANGED, subject(row.key()), stockTopics(row.key(), part), payload)
                .vouchingFor(EntryDigests.of(movement));
    }

    static Event thresholdChanged(StockKey key, PartFacts part, Thresholds before, Thresholds after) {
        return Event.of(
                THRESHOLD_CHANGED,
                subject(key),
                rowTopics(key),
                Map.of(
                        "locationId", key.location(),
                        "partId", key.part(),
                        "partNumber", part.partNumber(),
                        "old", toPayload(before),
                        "new", toPayload(after)));
    }

    private static Map<String, @Nullable Object> toPayload(Thresholds thresholds) {
        Map<String, @Nullable Object> fields = new HashMap<>();
        fields.put("reorderThreshold", thresholds.reorder());
        fields.put("criticalThreshold", thresholds.critical());
        fields.put("maxQuantity", thresholds.maximum());
        return fields;
    }

    /** What was asked for, by whom and by which connection; null: not narrowed by it. */
    public static Event queried(
            UUID account, @Nullable UUID location, @Nullable UUID part, @Nullable UUID category, String connection) {
        Map<String, Object> payload = new HashMap<>();
        payload.put("accountId", account);
        payload.put("connectionId", connection);
        put(payload, "locationId", location);
        put(payload, "partId", part);
        put(payload, "categoryId", category);
        return Event.of(QUERIED, "user:" + account, List.of(Topic.SYSTEM), payload);
    }

    public static Event alert(EventType type, StockAlert alert, @Nullable String partNumber) {
        Map<String, Object> payload = new HashMap<>();
        payload.put("alertId", alert.id());
        payload.put("kind", "LOW_STOCK");
        payload.put("level", alert.level());
        payload.put("locationId", alert.key().location());
        payload.put("partId", alert.key().part());
        payload.put("quantity", alert.quantity());
        payload.put("threshold", alert.threshold());
        put(payload, "partNumber", partNumber);
        put(payload, "by", alert.acknowledgedBy());
        put(payload, "note", alert.note());
        put(payload, "resolution", alert.resolution());
        put(payload, "raisedFromId", alert.raisedFrom());
        List<Topic> topics = new ArrayList<>(rowTopics(alert.key()));
        topics.add(Topic.alert(alert.id()));
        return Event.of(type, "alert:" + alert.id(), topics, payload);
    }

    private static void put(Map<String, Object> payload, String field, @Nullable Object value) {
        if (value != null) {
            payload.put(field, value);
        }
    }

    public static String subject(StockKey key) {
        return "stock:" + key.location() + "/" + key.part();
    }

    private static List<Topic> rowTopics(StockKey key) {
        return List.of(Topic.location(key.location()), Topic.part(key.part()), Topic.STOCK);
    }

    private static List<Topic> stockTopics(StockKey key, PartFacts part) {
        List<Topic> topics = new ArrayList<>(rowTopics(key));
        for (UUID category : part.categories()) {
            topics.add(Topic.category(category));
        }
        return topics;
    }
}
