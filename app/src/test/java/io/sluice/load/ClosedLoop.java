package io.sluice.load;

import io.netty.channel.EventLoop;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Some connections, each of which sends its next request when it has its answer. Its state is its event loop's. */
final class ClosedLoop implements HttpLine.User {

    /** What is sent. */
    interface Work {

        /** Sends the next request of this line, or once more the one that was never answered. */
        void send(HttpLine line);

        /** Takes the answer and says whether it is the right one. */
        boolean isRight(HttpLine line, int status, byte[] body, int length);
    }

    /** What came of it since the last reset. */
    record Outcome(Latencies latencies, long wrong, long broken, int flying) {}

    private static final int SHOWN = 3;

    private final EventLoop loop;
    private final Work work;
    private final List<HttpLine> lines = new ArrayList<>();
    private final Map<HttpLine, Long> sentAt = new HashMap<>();

    private Latencies latencies = new Latencies();
    private long wrong;
    private long broken;
    private boolean stopped;

    ClosedLoop(EventLoop loop, URI server, int connections, Work work) {
        this.loop = loop;
        this.work = work;
        for (int i = 0; i < connections; i++) {
            lines.add(new HttpLine(loop, server, this));
        }
    }

    void start() throws InterruptedException {
        Loops.on(loop, () -> lines.forEach(HttpLine::open));
    }

    void reset() throws InterruptedException {
        Loops.on(loop, () -> {
            latencies = new Latencies();
        });
    }

    void stop() throws InterruptedException {
        Loops.on(loop, () -> {
            stopped = true;
        });
    }

    Outcome outcome() throws InterruptedException {
        return Loops.on(loop, () -> {
            var copy = new Latencies();
            copy.add(latencies);
            return new Outcome(copy, wrong, broken, sentAt.size());
        });
    }

    void close() throws InterruptedException {
        Loops.on(loop, () -> lines.forEach(HttpLine::close));
    }

    @Override
    public void opened(HttpLine line) {
        if (!stopped || sentAt.containsKey(line)) {
            send(line);
        }
    }

    private void send(HttpLine line) {
        sentAt.put(line, System.nanoTime());
        work.send(line);
    }

    @Override
    public void answered(HttpLine line, int status, byte[] body, int length) {
        if (status == 0) {
            broken++;
            return;
        }
        latencies.record(System.nanoTime() - sentAt.remove(line));
        if (!work.isRight(line, status, body, length) && wrong++ < SHOWN) {
            System.err.println("wrong: " + status + " " + new String(body, 0, length, StandardCharsets.UTF_8));
        }
        if (!stopped) {
            send(line);
        }
    }
}
