package io.sluice.inventory;

import io.sluice.log.Actor;
import io.sluice.log.Caller;
import io.sluice.log.CanonicalJson;
import io.sluice.log.Cause;
import io.sluice.log.StoredAnswer;
import io.sluice.shared.Quantity;
import io.sluice.shared.TenantId;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the decision about a movement costs, without the database. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DecisionBenchmark {

    private static final int COMMANDS = 64;

    private final UUID location = UUID.randomUUID();
    private final UUID part = UUID.randomUUID();
    private final StockKey key = new StockKey(location, part);
    private final List<MoveCommand> commands = commands();
    private final Map<String, Object> payload =
            Map.of("locationId", location, "partId", part, "type", MovementType.ISSUE, "newQuantity", Quantity.of(60));

    private List<MoveCommand> commands() {
        var caller = new Caller(
                new TenantId(UUID.randomUUID()),
                Actor.SYSTEM,
                new Cause("request", "trace", "POST /api/movements", null));
        List<MoveCommand> group = new ArrayList<>();
        for (int i = 0; i < COMMANDS; i++) {
            Move move = Move.of(location, part, MovementType.ISSUE, Quantity.of(1));
            group.add(new MoveCommand(caller, List.of(move), false, null, (_, _, _) -> StoredAnswer.of(201, "{}")));
        }
        return group;
    }

    private Shelf shelf() {
        StockRow row = new StockRow(
                key,
                Quantity.of(1_000_000),
                Quantity.ZERO,
                Quantity.ZERO,
                null,
                false,
                Thresholds.NONE,
                1,
                null,
                null,
                1);
        PartFacts facts = new PartFacts(
                part,
                "P-1",
                Part.Type.STOCKED,
                Part.Status.ACTIVE,
                "EA",
                0,
                BigDecimal.TEN,
                null,
                "EUR",
                List.of(),
                Thresholds.NONE,
                Thresholds.NONE);
        LocationFacts place = new LocationFacts(location, "L", true, ZoneOffset.UTC, "EUR");
        return new Shelf(
                Map.of(key, row), Map.of(part, facts), Map.of(location, place), List.of(), Map.of(), Instant.EPOCH);
    }

    /** One command of a group of 64. */
    @Benchmark
    @OperationsPerInvocation(COMMANDS)
    public Object decide() {
        return MoveGroup.decide(commands, shelf());
    }

    @Benchmark
    public String canonicalJson() {
        return CanonicalJson.write(payload);
    }
}
