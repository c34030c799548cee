package io.sluice.load;

import io.netty.channel.EventLoop;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Sends commands at a fixed rate whatever the server does: where all connections are busy a command waits, its intended
 * time does not. A command whose connection broke is sent again under the same key. Its state is its event loop's; the
 * main thread asks and waits.
 */
final class Publisher implements HttpLine.User {

    private record Due(Issues.Issue issue, long intended) {}

    private static final int SHOWN = 3;
    private static final int CREATED = 201;
    private static final int OK = 200;

    private final EventLoop loop;
    private final Issues issues;
    private final Deque<HttpLine> idle = new ArrayDeque<>();
    private final Deque<Due> waiting = new ArrayDeque<>();
    private final Map<HttpLine, Due> flying = new HashMap<>();
    private final FrameScan scan = new FrameScan();
    private final List<HttpLine> lines = new ArrayList<>();

    private Latencies acknowledged = new Latencies();
    private long[] positions = {};
    private int published;
    private int refused;
    private int broken;
    private long highest;
    private int count;
    private int next;
    private long from;
    private long measureFrom;
    private double nanosBetween;

    Publisher(EventLoop loop, URI server, Issues issues, int connections) {
        this.loop = loop;
        this.issues = issues;
        for (int i = 0; i < connections; i++) {
            lines.add(new HttpLine(loop, server, this));
        }
        loop.execute(() -> lines.forEach(HttpLine::open));
    }

    /** Begins a run of so many commands; the run before is over. The time of those due from then on is measured. */
    void start(double rate, long begin, int commands, long measured) throws InterruptedException {
        Loops.on(loop, () -> {
            acknowledged = new Latencies();
            positions = new long[commands];
            published = 0;
            refused = 0;
            broken = 0;
            count = commands;
            next = 0;
            from = begin;
            measureFrom = measured;
            nanosBetween = 1e9 / rate;
            tick();
        });
    }

    /** Lets no further command come. */
    void stop() throws InterruptedException {
        Loops.on(loop, () -> {
            count = next;
        });
    }

    private void tick() {
        long now = Clocks.now();
        while (next < count && due(next) <= now) {
            waiting.add(new Due(issues.next(due(next)), due(next)));
            next++;
        }
        sendWaiting();
        if (next < count) {
            loop.schedule(this::tick, Math.max(0, due(next) - Clocks.now()), TimeUnit.NANOSECONDS);
        }
    }

    private long due(int index) {
        return from + (long) (index * nanosBetween);
    }

    private void sendWaiting() {
        while (!waiting.isEmpty() && !idle.isEmpty()) {
            var line = idle.poll();
            if (line.isIdle()) {
                var due = waiting.poll();
                flying.put(line, due);
                line.send(
                        "POST", Issues.PATH, due.issue().headers(), due.issue().json());
            }
        }
    }

    @Override
    public void opened(HttpLine line) {
        if (!idle.contains(line)) {
            idle.add(line);
        }
        sendWaiting();
    }

    @Override
    public void answered(HttpLine line, int status, byte[] body, int length) {
        var due = flying.remove(line);
        if (status == 0) {
            broken++;
            waiting.addFirst(due);
            return;
        }
        if (status == CREATED || status == OK) {
            committed(due, body, length);
        } else if (refused++ < SHOWN) {
            System.err.println("refused: " + status + " " + new String(body, 0, length, StandardCharsets.UTF_8));
        }
        idle.add(line);
        sendWaiting();
    }

    private void committed(Due due, byte[] body, int length) {
        if (due.intended() >= measureFrom) {
            acknowledged.record(Clocks.now() - due.intended());
        }
        var answer = scan.read(body, 0, length);
        if (answer.events > 0) {
            positions[published++] = answer.positions[0];
            highest = Math.max(highest, answer.positions[0]);
        } else if (refused++ < SHOWN) {
            System.err.println("an answer without position: " + new String(body, 0, length, StandardCharsets.UTF_8));
        }
    }

    /** What came of a run. {@code positions} are those that the server gave back. */
    record Outcome(long[] positions, Latencies acknowledged, int refused, int broken, int unanswered) {}

    Outcome outcome() throws InterruptedException {
        return Loops.on(
                loop,
                () -> new Outcome(
                        Arrays.copyOf(positions, published),
                        acknowledged,
                        refused,
                        broken,
                        waiting.size() + flying.size()));
    }

    /** The highest position given back once all commands are answered, {@link Long#MAX_VALUE} before. */
    long lastPosition() throws InterruptedException {
        return Loops.on(loop, () -> isDone() ? highest : Long.MAX_VALUE);
    }

    private boolean isDone() {
        return next == count && waiting.isEmpty() && flying.isEmpty();
    }

    void close() throws InterruptedException {
        Loops.on(loop, () -> lines.forEach(HttpLine::close));
    }
}
