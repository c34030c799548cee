package io.sluice.load;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** How long it takes from connecting to the last of many events that were there before. */
final class CatchUp {

    private static final int POLL_MILLIS = 10;
    private static final long SECOND = 1_000_000_000L;
    private static final double AT_ONCE = 1e9;
    private static final int LONG_ENOUGH = 600;

    private final Stage stage;
    private final Options options;
    private final int subscribers;
    private @Nullable Publisher publisher;
    private long after;
    private int count;
    private long[] filled = {};

    CatchUp(Stage stage) {
        this.stage = stage;
        options = stage.options;
        subscribers = options.number("subscribers", 1);
        after = options.number("after", 0);
        count = options.number("count", 100_000);
    }

    boolean run() throws InterruptedException {
        if (options.has("fill") || options.has("rate")) {
            publish();
        }
        int repeats = options.number("repeat", 3);
        var seconds = new double[repeats];
        boolean good = true;
        for (int i = 0; i < repeats; i++) {
            seconds[i] = once(i);
            good &= seconds[i] >= 0;
        }
        Arrays.sort(seconds);
        new Report()
                .put("mode", "catchup")
                .put("subscribers", subscribers)
                .put("count", count)
                .put("batch", stage.wish.batch())
                .put("seconds", seconds[repeats / 2])
                .put("best", seconds[0])
                .put("worst", seconds[repeats - 1])
                .put("good", good)
                .print("%d events to %d subscribers in %.3f s (median)", count, subscribers, seconds[repeats / 2]);
        return good;
    }

    private void publish() throws InterruptedException {
        var rows = stage.rows();
        var writer = stage.publisher(rows);
        publisher = writer;
        if (options.has("fill")) {
            after = stage.site.head(stage.tokens.getFirst());
            count = options.number("fill", count);
            writer.start(AT_ONCE, Clocks.now(), count, 0);
            while (writer.lastPosition() == Long.MAX_VALUE) {
                Thread.sleep(POLL_MILLIS);
            }
            filled = writer.outcome().positions();
        }
        if (options.has("rate")) {
            double rate = options.fraction("rate", 0);
            writer.start(rate, Clocks.now(), (int) (rate * LONG_ENOUGH), 0);
        }
    }

    /** The seconds until the slowest subscriber had all, -1 when one did not or was told something wrong. */
    private double once(int turn) throws InterruptedException {
        var audience = stage.audience();
        long begin = Clocks.now();
        var before = stage.watched.now();
        audience.open(subscribers, stage.wish, stage.tokens, after, count);
        while (!audience.isComplete() && Clocks.now() < begin + options.number("secs", 60) * SECOND) {
            Thread.sleep(POLL_MILLIS);
        }
        var usage = stage.watched.now().since(before);
        boolean complete = audience.isComplete();
        long end = audience.of(Subscriber::completeAt).stream()
                .mapToLong(Long::longValue)
                .max()
                .orElse(begin);
        double seconds = (end - begin) / 1e9;
        var tally = audience.tally();
        long missing = audience.missing(filled);
        boolean good = complete && missing == 0 && tally.isClean();
        audience.leave();
        var report = new Report()
                .put("mode", "catchup-turn")
                .put("turn", turn)
                .put("seconds", complete ? seconds : -1)
                .put("eventsPerSecond", count * (double) subscribers / seconds)
                .put("received", tally.received)
                .put("payloads", tally.payloads)
                .put("missing", missing)
                .put("repeats", tally.repeats)
                .put("disorders", tally.disorders);
        usage.report(report, tally.received, seconds);
        report.put("good", good)
                .print(
                        "turn %d: %.3f s, CPU %.2f us an event, lost %d%s",
                        turn,
                        seconds,
                        report.number("cpuMicros"),
                        missing,
                        good ? "" : ", NOT GOOD; " + audience.trouble());
        return good ? seconds : -1;
    }
}
