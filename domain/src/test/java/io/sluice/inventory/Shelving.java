package io.sluice.inventory;

import io.sluice.log.StoredAnswer;
import io.sluice.shared.Ids;
import io.sluice.shared.Quantity;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Builds shelves for tests: one place and one part unless said otherwise. */
final class Shelving {

    static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
    static final UUID BERLIN = UUID.fromString("01900000-0000-7000-8000-000000000001");
    static final UUID BOLT = UUID.fromString("01900000-0000-7000-8000-0000000000b1");
    static final UUID FASTENERS = UUID.fromString("01900000-0000-7000-8000-0000000000c1");
    static final StockKey BOLTS_IN_BERLIN = new StockKey(BERLIN, BOLT);

    private final Map<StockKey, StockRow> rows = new HashMap<>();
    private final Map<UUID, PartFacts> parts = new HashMap<>();
    private final Map<UUID, LocationFacts> locations = new HashMap<>();
    private final Map<String, Shelf.Kept> taken = new HashMap<>();
    private Part.Type type = Part.Type.STOCKED;
    private int decimals = 0;
    private @Nullable BigDecimal price = new BigDecimal("2.50");
    private @Nullable BigDecimal standardCost;
    private Thresholds partThresholds = Thresholds.NONE;
    private Thresholds categoryThresholds = Thresholds.NONE;

    static Shelving empty() {
        return new Shelving();
    }

    static Shelving holding(long units) {
        return new Shelving().row(row(units));
    }

    static StockRow row(long units) {
        return row(units, 0, 0, null, Thresholds.NONE);
    }

    static StockRow row(long units, long held, long reserved, @Nullable String averageCost, Thresholds own) {
        return new StockRow(
                BOLTS_IN_BERLIN,
                Quantity.of(units),
                Quantity.of(held),
                Quantity.of(reserved),
                averageCost == null ? null : new BigDecimal(averageCost),
                false,
                own,
                1,
                NOON,
                null,
                1);
    }

    static Thresholds thresholds(@Nullable Integer reorder, @Nullable Integer critical) {
        return new Thresholds(
                reorder == null ? null : Quantity.of(reorder), critical == null ? null : Quantity.of(critical), null);
    }

    Shelving row(StockRow row) {
        rows.put(row.key(), row);
        return this;
    }

    Shelving type(Part.Type wished) {
        type = wished;
        return this;
    }

    Shelving decimals(int wished) {
        decimals = wished;
        return this;
    }

    Shelving price(@Nullable String amount) {
        price = amount == null ? null : new BigDecimal(amount);
        return this;
    }

    Shelving standardCost(String amount) {
        standardCost = new BigDecimal(amount);
        return this;
    }

    Shelving partThresholds(Thresholds wished) {
        partThresholds = wished;
        return this;
    }

    Shelving categoryThresholds(Thresholds wished) {
        categoryThresholds = wished;
        return this;
    }

    Shelving closed() {
        locations.put(BERLIN, new LocationFacts(BERLIN, "BER", false, ZoneId.of("Europe/Berlin"), "EUR"));
        return this;
    }

    Shelving used(String keyName, String digest, String answer) {
        taken.put(keyName, new Shelf.Kept(digest, StoredAnswer.of(201, answer)));
        return this;
    }

    Shelving another(StockKey key, long units) {
        parts.putIfAbsent(key.part(), facts(key.part(), "P-" + key.part()));
        locations.putIfAbsent(key.location(), new LocationFacts(key.location(), "L", true, ZoneId.of("UTC"), "EUR"));
        rows.put(
                key,
                new StockRow(
                        key,
                        Quantity.of(units),
                        Quantity.ZERO,
                        Quantity.ZERO,
                        null,
                        false,
                        Thresholds.NONE,
                        1,
                        NOON,
                        null,
                        1));
        return this;
    }

    private PartFacts facts(UUID id, String number) {
        return new PartFacts(
                id,
                number,
                type,
                Part.Status.ACTIVE,
                "EA",
                decimals,
                price,
                standardCost,
                "EUR",
                List.of(FASTENERS),
                partThresholds,
                categoryThresholds);
    }

    Shelf shelf() {
        return shelf(List.of());
    }

    Shelf shelf(List<StockAlert> unresolved) {
        parts.putIfAbsent(BOLT, facts(BOLT, "M8-40"));
        locations.putIfAbsent(BERLIN, new LocationFacts(BERLIN, "BER", true, ZoneId.of("Europe/Berlin"), "EUR"));
        return new Shelf(rows, parts, locations, unresolved, taken, NOON);
    }

    static StockKey someRow() {
        return new StockKey(Ids.next(), Ids.next());
    }

    static Move move(MovementType type, String quantity) {
        return Move.of(BERLIN, BOLT, type, Quantity.of(new BigDecimal(quantity)));
    }

    static Move issue(long units) {
        return Move.of(BERLIN, BOLT, MovementType.ISSUE, Quantity.of(units));
    }

    static Move receipt(long units) {
        return Move.of(BERLIN, BOLT, MovementType.RECEIPT, Quantity.of(units));
    }

    static Move receipt(long units, String unitCost) {
        return with(receipt(units), new BigDecimal(unitCost), null, null);
    }

    static Move limited(Move move, String limit) {
        return with(move, move.unitCost(), new BigDecimal(limit), move.reversed());
    }

    static Move reversing(Move move) {
        Move opposite = Move.of(move.location(), move.part(), move.type(), Quantity.of(1));
        return new Move(
                opposite.location(),
                opposite.part(),
                opposite.type(),
                move.quantity().negated(),
                null,
                move.unitCost(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                Ids.next());
    }

    private static Move with(
            Move it, @Nullable BigDecimal unitCost, @Nullable BigDecimal limit, @Nullable UUID reversed) {
        return new Move(
                it.location(),
                it.part(),
                it.type(),
                it.quantity(),
                it.unit(),
                unitCost,
                it.unitPrice(),
                it.currency(),
                it.reason(),
                it.note(),
                it.reference(),
                it.customer(),
                it.occurredAt(),
                it.metadata(),
                it.once(),
                limit,
                reversed);
    }

    static Move keyed(Move it, io.sluice.log.OnceKey once) {
        return new Move(
                it.location(),
                it.part(),
                it.type(),
                it.quantity(),
                it.unit(),
                it.unitCost(),
                it.unitPrice(),
                it.currency(),
                it.reason(),
                it.note(),
                it.reference(),
                it.customer(),
                it.occurredAt(),
                it.metadata(),
                once,
                it.valueLimit(),
                it.reversed());
    }

    static Move unreasoned(Move it) {
        return new Move(
                it.location(),
                it.part(),
                it.type(),
                it.quantity(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    static Move inUnit(Move it, String unit) {
        return new Move(
                it.location(),
                it.part(),
                it.type(),
                it.quantity(),
                unit,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /** The names of the events that the outcomes brought about, in order. */
    static List<String> eventsOf(MoveOutcome outcome) {
        List<String> names = new ArrayList<>();
        if (outcome instanceof MoveOutcome.Applied applied) {
            applied.events().forEach(event -> names.add(event.type().name()));
        }
        return names;
    }

    static String refusalOf(MoveOutcome outcome) {
        return outcome instanceof MoveOutcome.Rejected(var problem) ? problem.code() : "none: " + outcome;
    }

    static MoveOutcome.Applied applied(MoveOutcome outcome) {
        if (outcome instanceof MoveOutcome.Applied applied) {
            return applied;
        }
        throw new AssertionError("not applied: " + outcome);
    }
}
