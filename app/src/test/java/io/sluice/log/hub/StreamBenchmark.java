package io.sluice.log.hub;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.sluice.access.Grant;
import io.sluice.access.Principal;
import io.sluice.access.Role;
import io.sluice.inventory.StockEvents;
import io.sluice.log.EventTypes;
import io.sluice.log.Recorded;
import io.sluice.log.Topic;
import io.sluice.shared.TenantId;
import java.time.Instant;
import java.util.List;
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
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What one event costs between the log and a connection: encoded once, put into the ring, offered to a reader. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StreamBenchmark {

    private static final int EVENTS = 1_000;
    private static final UUID LOCATION = UUID.fromString("01a1fc15-9aab-7000-952d-0058c506deef");
    private static final UUID PART = UUID.fromString("01a1fc15-9c47-7000-a011-bb17dee493a9");

    private final EventTypes types = new EventTypes(List.of(StockEvents.ALL));
    private Recorded event;
    private LiveEvent live;
    private Interest interest;
    private Ring ring;

    @Setup
    public void prepare() {
        event = at(1);
        live = LiveEvent.of(event, types);
        var reader = new Principal(
                new TenantId(UUID.randomUUID()),
                UUID.randomUUID(),
                UUID.randomUUID(),
                "reader",
                List.of(Grant.of(Role.WAREHOUSE)),
                Instant.EPOCH,
                Instant.MAX);
        interest = new Interest(reader, null, null);
        interest.add(Topic.STOCK, 0);
        interest.add(Topic.TENANT, 0);
        interest.add(Topic.user(reader.account().toString()), 0);
        ring = new Ring(0, 1 << 16, 64L << 20);
        for (int i = 1; i <= EVENTS; i++) {
            ring.add(LiveEvent.of(at(i), types));
        }
    }

    private static Recorded at(long position) {
        return new Recorded(
                position,
                PART,
                "stock.changed",
                1,
                List.of("location:" + LOCATION, "part:" + PART, "stock"),
                "stock:" + LOCATION + "/" + PART,
                "{\"id\":\"" + PART + "\",\"kind\":\"USER\"}",
                "{\"requestId\":\"r\",\"route\":\"POST /api/movements\",\"traceId\":\"t\"}",
                Instant.ofEpochSecond(1_700_000_000),
                "{\"available\":60,\"change\":-1,\"held\":0,\"locationId\":\"" + LOCATION + "\",\"newQuantity\":60,"
                        + "\"partId\":\"" + PART + "\",\"partNumber\":\"P-1\",\"reserved\":0,\"type\":\"ISSUE\"}");
    }

    /** Once for all subscribers. */
    @Benchmark
    public Object encode() {
        return LiveEvent.of(event, types);
    }

    /** Once for each subscriber and event. */
    @Benchmark
    public boolean match() {
        return interest.wants(live);
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public long readRing() {
        long bytes = 0;
        for (long position = 1; position <= EVENTS; position++) {
            LiveEvent found = ring.get(position);
            bytes += found == null ? 0 : found.bytes();
        }
        return bytes;
    }

    /** A cursor's whole way for an event, without the connection. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public long drain() {
        var outlet = new Counting();
        for (long position = 1; position <= EVENTS; position++) {
            LiveEvent found = ring.get(position);
            if (found != null && interest.wants(found)) {
                outlet.frame(FrameKind.EVENT, position, found.frameFor(interest.reader()));
            }
        }
        return outlet.bytes;
    }

    private static final class Counting implements Outlet {
        private long bytes;

        @Override
        public EventExecutor executor() {
            return ImmediateEventExecutor.INSTANCE;
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void frame(FrameKind kind, long position, byte[] json) {
            bytes += json.length;
        }

        @Override
        public void complete() {}
    }
}
