package io.sluice.inventory;

import static io.sluice.inventory.Shelving.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.Caller;
import io.sluice.log.StoredAnswer;
import io.sluice.shared.Ids;
import io.sluice.shared.Quantity;
import io.sluice.shared.TenantId;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random commands on a shelf and on the simplest thing that could be right: a map of numbers and a set of alarms. */
class ShelfModelTest {

    private static final Caller SOMEBODY = Caller.system(new TenantId(Ids.next()), "test");
    private static final int ROWS = 4;
    private static final long REORDER = 8;
    private static final long CRITICAL = 3;

    private final Map<StockKey, Long> model = new HashMap<>();
    private final Set<StockKey> opened = new HashSet<>();
    private final Map<StockKey, Set<StockAlert.Level>> alarms = new HashMap<>();
    private final List<StockKey> keys = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 42, 2026, 99991})
    void agreesWithTheNaiveModel(long seed) {
        Random random = new Random(seed);
        Shelf shelf = shelf();

        for (int step = 0; step < 4_000; step++) {
            List<Move> moves = moves(random);
            boolean atomic = random.nextInt(4) == 0;
            var decided =
                    MoveGroup.decide(List.of(command(moves, atomic)), shelf).getFirst();

            assertThat(decided.outcomes().stream().map(MoveOutcome.Applied.class::isInstance))
                    .as("seed %d step %d %s", seed, step, moves)
                    .containsExactlyElementsOf(expected(moves, atomic));
            assertThat(keys).allSatisfy(key -> {
                assertThat(shelf.row(key).quantity()).isEqualTo(Quantity.of(model.getOrDefault(key, 0L)));
                assertThat(openLevels(shelf, key)).isEqualTo(alarms.getOrDefault(key, Set.of()));
            });
        }
    }

    private Shelf shelf() {
        Map<UUID, PartFacts> parts = new HashMap<>();
        Map<UUID, LocationFacts> places = new HashMap<>();
        for (int i = 0; i < ROWS; i++) {
            StockKey key = Shelving.someRow();
            keys.add(key);
            parts.put(
                    key.part(),
                    new PartFacts(
                            key.part(),
                            "P" + i,
                            Part.Type.STOCKED,
                            Part.Status.ACTIVE,
                            "EA",
                            0,
                            null,
                            null,
                            "EUR",
                            List.of(),
                            Shelving.thresholds((int) REORDER, (int) CRITICAL),
                            Thresholds.NONE));
            places.put(key.location(), new LocationFacts(key.location(), "L" + i, true, ZoneId.of("UTC"), "EUR"));
        }
        return new Shelf(Map.of(), parts, places, List.of(), Map.of(), NOON);
    }

    private List<Move> moves(Random random) {
        List<Move> moves = new ArrayList<>();
        int lines = 1 + random.nextInt(5);
        for (int i = 0; i < lines; i++) {
            StockKey key = keys.get(random.nextInt(ROWS));
            MovementType type = MovementType.values()[random.nextInt(MovementType.values().length)];
            long units = 1 + random.nextInt(9);
            boolean down = type == MovementType.ADJUSTMENT && random.nextBoolean();
            moves.add(Move.of(key.location(), key.part(), type, Quantity.of(down ? -units : units)));
        }
        return moves;
    }

    private static MoveCommand command(List<Move> moves, boolean atomic) {
        return new MoveCommand(SOMEBODY, moves, atomic, null, (_, _, _) -> StoredAnswer.of(200, ""));
    }

    private List<Boolean> expected(List<Move> moves, boolean atomic) {
        Map<StockKey, Long> before = new HashMap<>(model);
        Set<StockKey> openedBefore = new HashSet<>(opened);
        Map<StockKey, Set<StockAlert.Level>> alarmsBefore = new HashMap<>(alarms);
        List<Boolean> applied = new ArrayList<>();
        for (Move move : moves) {
            applied.add(post(move));
        }
        if (atomic && applied.contains(false)) {
            model.clear();
            model.putAll(before);
            opened.clear();
            opened.addAll(openedBefore);
            alarms.clear();
            alarms.putAll(alarmsBefore);
            return applied.stream().map(_ -> false).toList();
        }
        return applied;
    }

    private boolean post(Move move) {
        long change = move.change().thousandths() / 1000;
        long after = model.getOrDefault(move.key(), 0L) + change;
        if (after < 0 || (move.type() == MovementType.OPENING && opened.contains(move.key()))) {
            return false;
        }
        model.put(move.key(), after);
        opened.add(move.key());
        Set<StockAlert.Level> levels = new HashSet<>(alarms.getOrDefault(move.key(), Set.of()));
        ring(levels, StockAlert.Level.LOW, after <= REORDER, change < 0);
        ring(levels, StockAlert.Level.CRITICAL, after <= CRITICAL, change < 0);
        alarms.put(move.key(), levels);
        return true;
    }

    private static void ring(Set<StockAlert.Level> levels, StockAlert.Level level, boolean reached, boolean fell) {
        if (!reached) {
            levels.remove(level);
        } else if (fell) {
            levels.add(level);
        }
    }

    private static Set<StockAlert.Level> openLevels(Shelf shelf, StockKey key) {
        Set<StockAlert.Level> levels = new HashSet<>();
        for (StockAlert alert : shelf.openedAlerts()) {
            if (alert.key().equals(key) && alert.status() != StockAlert.Status.RESOLVED) {
                levels.add(alert.level());
            }
        }
        return levels;
    }
}
