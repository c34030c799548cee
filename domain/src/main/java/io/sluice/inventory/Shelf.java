package io.sluice.inventory;

import io.sluice.log.Event;
import io.sluice.log.OnceKey;
import io.sluice.log.StoredAnswer;
import io.sluice.shared.Problem;
import io.sluice.shared.Quantity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The locked stock rows of one transaction, with what must be known to decide about them. Decisions are taken one
 * after the other, each on the rows as the ones before have left them; nothing here touches the database. Confined to
 * the transaction: not for sharing.
 */
public final class Shelf {

    private final Map<StockKey, StockRow> loaded;
    private final Map<StockKey, StockRow> rows;
    private final Map<UUID, PartFacts> parts;
    private final Map<UUID, LocationFacts> locations;
    private final Map<StockKey, Map<StockAlert.Level, StockAlert>> alerts;
    private final Map<UUID, StockAlert> changedAlerts = new LinkedHashMap<>();
    private final Map<UUID, Long> loadedAlerts = new HashMap<>();
    private final Map<String, Kept> taken;
    private final Instant now;

    /** The answer that a key has, and the digest of the body that it was given for. */
    public record Kept(String digest, StoredAnswer answer) {}

    /** @param taken answers of keys that were used before, by {@link OnceKey#name()} */
    public Shelf(
            Map<StockKey, StockRow> rows,
            Map<UUID, PartFacts> parts,
            Map<UUID, LocationFacts> locations,
            List<StockAlert> unresolved,
            Map<String, Kept> taken,
            Instant now) {
        this.loaded = Map.copyOf(rows);
        this.rows = new HashMap<>(rows);
        this.parts = Map.copyOf(parts);
        this.locations = Map.copyOf(locations);
        this.alerts = new HashMap<>();
        for (StockAlert alert : unresolved) {
            alertsOf(alert.key()).put(alert.level(), alert);
            loadedAlerts.put(alert.id(), alert.version());
        }
        this.taken = new HashMap<>(taken);
        this.now = now;
    }

    public Instant now() {
        return now;
    }

    /** The same, as if these rows, parts and places stood as given: for decisions that are never written. */
    public Shelf imagining(
            Map<StockKey, StockRow> otherRows,
            Map<UUID, PartFacts> otherParts,
            Map<UUID, LocationFacts> otherLocations) {
        Map<StockKey, StockRow> allRows = new HashMap<>(rows);
        allRows.putAll(otherRows);
        Map<UUID, PartFacts> allParts = new HashMap<>(parts);
        allParts.putAll(otherParts);
        Map<UUID, LocationFacts> allLocations = new HashMap<>(locations);
        allLocations.putAll(otherLocations);
        return new Shelf(allRows, allParts, allLocations, List.of(), taken, now);
    }

    /** The answer that the key has already; a key that comes again with another digest is a problem. */
    public @Nullable StoredAnswer answerOf(OnceKey key) {
        Kept first = taken.get(key.name());
        if (first == null) {
            return null;
        }
        if (!first.digest().equals(key.digest())) {
            throw new Problem.Contradiction(
                    "idempotency-mismatch", "Idempotency-Key", "this key was used before with another body");
        }
        return first.answer();
    }

    public void take(OnceKey key, StoredAnswer answer) {
        taken.put(key.name(), new Kept(key.digest(), answer));
    }

    /** Decides one movement and, if it is accepted, changes the row for the next one. */
    public MoveOutcome decide(Move move) {
        try {
            StoredAnswer first = move.once() == null ? null : answerOf(move.once());
            if (first != null && move.reversed() != null) {
                throw new Problem.Conflict("already-reversed", "the movement is reversed already");
            }
            return first != null ? new MoveOutcome.Duplicate(first) : decideNew(move);
        } catch (Problem problem) {
            return new MoveOutcome.Rejected(problem);
        }
    }

    private MoveOutcome decideNew(Move move) {
        LocationFacts location = locations.get(move.location());
        PartFacts part = parts.get(move.part());
        if (location == null || !location.active()) {
            throw unknown("unknown-location", "locationId", move.location());
        }
        if (part == null) {
            throw unknown("unknown-part", "partId", move.part());
        }
        StockRow before = rows.getOrDefault(move.key(), StockRow.empty(move.key()));
        StockDecision.check(move, before, part);
        return apply(move, before, part, location);
    }

    private static Problem unknown(String code, String field, UUID id) {
        return new Problem.Contradiction(code, field, field + " " + id + " does not exist");
    }

    private MoveOutcome apply(Move move, StockRow before, PartFacts part, LocationFacts location) {
        StockRow after = before.moved(move, now);
        Movement movement = StockDecision.toMovement(move, after, part, location, now);
        rows.put(move.key(), after);
        List<Event> events = new ArrayList<>();
        events.add(StockEvents.changed(movement, after, part));
        boolean decrease = move.change().isNegative();
        evaluate(after, part, decrease, events);
        return new MoveOutcome.Applied(movement, after, part, events);
    }

    /** Sets the row's own thresholds and evaluates its alerts, as a threshold change does. */
    public List<Event> configure(StockKey key, Thresholds own) {
        PartFacts part = parts.get(key.part());
        if (part == null) {
            throw unknown("unknown-part", "partId", key.part());
        }
        StockDecision.requireStocked(part);
        StockRow before = rows.getOrDefault(key, StockRow.empty(key));
        StockRow after = before.with(own);
        effective(after, part).checked();
        rows.put(key, after);
        List<Event> events = new ArrayList<>();
        events.add(StockEvents.thresholdChanged(key, part, before.own(), own));
        evaluate(after, part, true, events);
        return events;
    }

    /** Evaluates the row's alerts when the thresholds of its part or category have changed. */
    public List<Event> evaluate(StockKey key) {
        PartFacts part = parts.get(key.part());
        if (part == null) {
            throw unknown("unknown-part", "partId", key.part());
        }
        List<Event> events = new ArrayList<>();
        evaluate(row(key), part, true, events);
        return events;
    }

    public static Thresholds effective(StockRow row, PartFacts part) {
        return row.own().or(part.thresholds()).or(part.categoryThresholds());
    }

    /** At or below its reorder threshold, or its critical one: what is critical is low, too. */
    public boolean isLow(StockRow row) {
        PartFacts part = parts.get(row.key().part());
        if (part == null) {
            return false;
        }
        Thresholds limits = effective(row, part);
        return limits.isLow(row.quantity()) || limits.isCritical(row.quantity());
    }

    /** A fall (or a threshold change) opens, any change updates or resolves; LOW before CRITICAL, which names it. */
    private void evaluate(StockRow row, PartFacts part, boolean mayOpen, List<Event> events) {
        Thresholds limits = effective(row, part);
        if (limits.reorder() == null && limits.critical() == null && !alerts.containsKey(row.key())) {
            return;
        }
        for (StockAlert.Level level : StockAlert.Level.values()) {
            evaluate(row, part, level, limits.of(level), mayOpen, events);
        }
    }

    private void evaluate(
            StockRow row,
            PartFacts part,
            StockAlert.Level level,
            @Nullable Quantity limit,
            boolean mayOpen,
            List<Event> events) {
        Map<StockAlert.Level, StockAlert> present = alertsOf(row.key());
        StockAlert open = present.get(level);
        if (limit != null && row.quantity().isAtMost(limit)) {
            reached(row, part, level, limit, open, mayOpen, events);
        } else if (open != null) {
            StockAlert resolved = open.resolved(row.quantity(), StockAlert.Resolution.AUTO, null, now);
            present.remove(level);
            changedAlerts.put(resolved.id(), resolved);
            events.add(StockEvents.alert(StockEvents.ALERT_RESOLVED, resolved, part.partNumber()));
        }
    }

    private void reached(
            StockRow row,
            PartFacts part,
            StockAlert.Level level,
            Quantity limit,
            @Nullable StockAlert open,
            boolean mayOpen,
            List<Event> events) {
        Map<StockAlert.Level, StockAlert> present = alertsOf(row.key());
        if (open == null && mayOpen) {
            StockAlert low = level == StockAlert.Level.CRITICAL ? present.get(StockAlert.Level.LOW) : null;
            StockAlert opened =
                    StockAlert.open(row.key(), level, row.quantity(), limit, low == null ? null : low.id(), now);
            keep(present, opened);
            events.add(StockEvents.alert(StockEvents.ALERT_OPENED, opened, part.partNumber()));
        } else if (open != null && !open.says(row.quantity(), limit)) {
            StockAlert updated = open.updated(row.quantity(), limit, now);
            keep(present, updated);
            events.add(StockEvents.alert(StockEvents.ALERT_UPDATED, updated, part.partNumber()));
        }
    }

    private void keep(Map<StockAlert.Level, StockAlert> present, StockAlert alert) {
        present.put(alert.level(), alert);
        changedAlerts.put(alert.id(), alert);
    }

    private Map<StockAlert.Level, StockAlert> alertsOf(StockKey key) {
        return alerts.computeIfAbsent(key, _ -> new EnumMap<>(StockAlert.Level.class));
    }

    /** What the decisions so far have changed, so that it can be put back. */
    public record Mark(
            Map<StockKey, StockRow> rows,
            Map<StockKey, Map<StockAlert.Level, StockAlert>> alerts,
            Map<UUID, StockAlert> changed,
            Map<String, Kept> taken) {}

    public Mark mark() {
        Map<StockKey, Map<StockAlert.Level, StockAlert>> copy = new HashMap<>();
        alerts.forEach((key, levels) -> {
            Map<StockAlert.Level, StockAlert> own = new EnumMap<>(StockAlert.Level.class);
            own.putAll(levels);
            copy.put(key, own);
        });
        return new Mark(new HashMap<>(rows), copy, new LinkedHashMap<>(changedAlerts), new HashMap<>(taken));
    }

    public void backTo(Mark mark) {
        rows.clear();
        rows.putAll(mark.rows());
        alerts.clear();
        alerts.putAll(mark.alerts());
        changedAlerts.clear();
        changedAlerts.putAll(mark.changed());
        taken.clear();
        taken.putAll(mark.taken());
    }

    /** Rows that are stored already and have changed. */
    public List<StockRow> changedRows() {
        return rows.values().stream()
                .filter(row -> loaded.containsKey(row.key()) && !row.equals(loaded.get(row.key())))
                .sorted((a, b) -> a.key().compareTo(b.key()))
                .toList();
    }

    /** Rows that exist since this transaction. */
    public List<StockRow> newRows() {
        return rows.values().stream()
                .filter(row -> !loaded.containsKey(row.key()))
                .sorted((a, b) -> a.key().compareTo(b.key()))
                .toList();
    }

    public boolean changesAlerts() {
        return !changedAlerts.isEmpty();
    }

    public List<StockAlert> openedAlerts() {
        return changedAlerts.values().stream()
                .filter(alert -> !loadedAlerts.containsKey(alert.id()))
                .toList();
    }

    public List<StockAlert> updatedAlerts() {
        return changedAlerts.values().stream()
                .filter(alert -> loadedAlerts.containsKey(alert.id()))
                .toList();
    }

    /** The row's alerts that are not resolved, as the decisions so far have left them. */
    public List<StockAlert> unresolvedAlerts(StockKey key) {
        Map<StockAlert.Level, StockAlert> present = alerts.get(key);
        return present == null ? List.of() : List.copyOf(present.values());
    }

    public @Nullable LocationFacts location(UUID id) {
        return locations.get(id);
    }

    public @Nullable PartFacts part(UUID id) {
        return parts.get(id);
    }

    public StockRow row(StockKey key) {
        return rows.getOrDefault(key, StockRow.empty(key));
    }
}
