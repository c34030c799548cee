package io.sluice.inventory;

import static io.sluice.access.Permission.PARTS_READ;
import static io.sluice.access.Permission.STOCK_READ;

import io.sluice.log.CanonicalJson;
import io.sluice.log.Event;
import io.sluice.log.EventType;
import io.sluice.log.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The events of catalogue and places: what was changed, with old and new of the changed fields only. */
public final class CatalogueEvents {

    public static final EventType PART_CREATED =
            EventType.of("part.created", PARTS_READ, "partId", "partNumber", "description", "categoryId");
    public static final EventType PART_UPDATED =
            EventType.of("part.updated", PARTS_READ, "partId", "partNumber", "changed");
    public static final EventType PART_STATUS_CHANGED =
            EventType.of("part.status.changed", PARTS_READ, "partId", "partNumber", "status", "previousStatus");
    public static final EventType PART_PRICE_CHANGED = EventType.of(
            "part.price.changed", PARTS_READ, "partId", "partNumber", "price", "previousPrice", "currency");
    public static final EventType PART_DELETED = EventType.of("part.deleted", PARTS_READ, "partId", "partNumber");
    public static final EventType CATEGORY_CHANGED =
            EventType.of("category.changed", PARTS_READ, "categoryId", "code", "change", "changed");
    public static final EventType LOCATION_CREATED =
            EventType.of("location.created", STOCK_READ, "locationId", "code", "name", "kind");
    public static final EventType LOCATION_UPDATED =
            EventType.of("location.updated", STOCK_READ, "locationId", "code", "changed");
    public static final EventType LOCATION_CLOSED = EventType.of("location.closed", STOCK_READ, "locationId", "code");

    public static final List<EventType> ALL = List.of(
            PART_CREATED,
            PART_UPDATED,
            PART_STATUS_CHANGED,
            PART_PRICE_CHANGED,
            PART_DELETED,
            CATEGORY_CHANGED,
            LOCATION_CREATED,
            LOCATION_UPDATED,
            LOCATION_CLOSED);

    private CatalogueEvents() {}

    public static Event partCreated(Part part) {
        Map<String, Object> payload = new HashMap<>();
        payload.put("partId", part.id());
        payload.put("partNumber", part.partNumber());
        payload.put("description", part.description());
        if (part.categoryId() != null) {
            payload.put("categoryId", part.categoryId());
        }
        return Event.of(PART_CREATED, subject(part), topics(part), payload);
    }

    /** One event for what changed, and one more each for status and price; nothing changed, no event. */
    public static List<Event> partChanged(Part before, Part after) {
        Map<String, Object> changed = changes(fields(before), fields(after));
        List<Event> events = new ArrayList<>();
        // A new cost is told without a word about it: events carry none.
        if (!changed.isEmpty() || !isSame(before.standardCost(), after.standardCost())) {
            events.add(Event.of(
                    PART_UPDATED,
                    subject(after),
                    topics(after),
                    Map.of("partId", after.id(), "partNumber", after.partNumber(), "changed", changed)));
        }
        if (before.status() != after.status()) {
            events.add(Event.of(
                    PART_STATUS_CHANGED,
                    subject(after),
                    topics(after),
                    Map.of(
                            "partId", after.id(),
                            "partNumber", after.partNumber(),
                            "status", after.status(),
                            "previousStatus", before.status())));
        }
        if (!isSame(before.price(), after.price())) {
            events.add(priceChanged(before, after));
        }
        return events;
    }

    private static Event priceChanged(Part before, Part after) {
        Map<String, @Nullable Object> payload = new HashMap<>();
        payload.put("partId", after.id());
        payload.put("partNumber", after.partNumber());
        payload.put("price", after.price());
        payload.put("previousPrice", before.price());
        payload.put("currency", after.currency());
        return Event.of(PART_PRICE_CHANGED, subject(after), topics(after), payload);
    }

    public static Event partDeleted(Part part) {
        return Event.of(
                PART_DELETED,
                subject(part),
                topics(part),
                Map.of("partId", part.id(), "partNumber", part.partNumber()));
    }

    private static String subject(Part part) {
        return "part:" + part.id();
    }

    private static List<Topic> topics(Part part) {
        return part.categoryId() == null
                ? List.of(Topic.part(part.id()), Topic.STOCK)
                : List.of(Topic.part(part.id()), Topic.category(part.categoryId()), Topic.STOCK);
    }

    private static Map<String, @Nullable Object> fields(Part part) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("description", part.description());
        fields.put("notes", part.notes());
        fields.put("categoryId", part.categoryId());
        fields.put("type", part.type());
        fields.put("status", part.status());
        fields.put("price", part.price());
        fields.put("currency", part.currency());
        fields.put("reorderThreshold", part.thresholds().reorder());
        fields.put("criticalThreshold", part.thresholds().critical());
        fields.put("maxQuantity", part.thresholds().maximum());
        fields.put("tags", part.tags());
        fields.put("attributes", part.attributes());
        return fields;
    }

    public static Event categoryChanged(Category category, String change, Map<String, Object> changed) {
        List<Topic> topics = new ArrayList<>();
        for (UUID id : category.path()) {
            topics.add(Topic.category(id));
        }
        topics.add(Topic.STOCK);
        return Event.of(
                CATEGORY_CHANGED,
                "category:" + category.id(),
                topics,
                Map.of("categoryId", category.id(), "code", category.code(), "change", change, "changed", changed));
    }

    public static Map<String, Object> changes(Category before, Category after) {
        return changes(fields(before), fields(after));
    }

    private static Map<String, @Nullable Object> fields(Category category) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("name", category.name());
        fields.put("description", category.description());
        fields.put("parentId", category.parentId());
        fields.put("reorderThreshold", category.thresholds().reorder());
        fields.put("criticalThreshold", category.thresholds().critical());
        fields.put("maxQuantity", category.thresholds().maximum());
        fields.put("active", category.active());
        return fields;
    }

    public static Event locationCreated(Location location) {
        return Event.of(
                LOCATION_CREATED,
                "location:" + location.id(),
                List.of(Topic.location(location.id()), Topic.STOCK),
                Map.of(
                        "locationId", location.id(),
                        "code", location.code(),
                        "name", location.name(),
                        "kind", location.kind()));
    }

    public static List<Event> locationChanged(Location before, Location after) {
        Map<String, Object> changed = changes(fields(before), fields(after));
        List<Topic> topics = List.of(Topic.location(after.id()), Topic.STOCK);
        List<Event> events = new ArrayList<>();
        if (!changed.isEmpty()) {
            events.add(Event.of(
                    LOCATION_UPDATED,
                    "location:" + after.id(),
                    topics,
                    Map.of("locationId", after.id(), "code", after.code(), "changed", changed)));
        }
        if (before.active() && !after.active()) {
            events.add(Event.of(
                    LOCATION_CLOSED,
                    "location:" + after.id(),
                    topics,
                    Map.of("locationId", after.id(), "code", after.code())));
        }
        return events;
    }

    private static Map<String, @Nullable Object> fields(Location location) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("name", location.name());
        fields.put("kind", location.kind());
        fields.put("parentId", location.parentId());
        fields.put("region", location.region());
        fields.put("country", location.country());
        fields.put("climateZone", location.climateZone());
        fields.put("address", location.address());
        fields.put("lat", location.lat());
        fields.put("lon", location.lon());
        fields.put("timeZone", location.timeZone().getId());
        fields.put("currency", location.currency());
        fields.put("managerIds", location.managerIds());
        fields.put("active", location.active());
        return fields;
    }

    private static Map<String, Object> changes(
            Map<String, @Nullable Object> before, Map<String, @Nullable Object> after) {
        Map<String, Object> changed = new LinkedHashMap<>();
        after.forEach((name, value) -> {
            if (!isSame(before.get(name), value)) {
                Map<String, @Nullable Object> pair = new HashMap<>();
                pair.put("old", before.get(name));
                pair.put("new", value);
                changed.put(name, pair);
            }
        });
        return changed;
    }

    /** Numbers are the same whatever their trailing zeros. */
    private static boolean isSame(@Nullable Object before, @Nullable Object after) {
        return CanonicalJson.write(before).equals(CanonicalJson.write(after));
    }
}
