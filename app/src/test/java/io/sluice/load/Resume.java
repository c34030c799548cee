package io.sluice.load;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** Subscribers that are cut at random moments and come back: each ends with exactly the events that the log lists. */
final class Resume {

    private static final int POLL_MILLIS = 20;
    private static final int SETTLE_MILLIS = 1000;
    private static final long SECOND = 1_000_000_000L;

    private final Stage stage;
    private final Options options;
    private final int subscribers;

    Resume(Stage stage) {
        this.stage = stage;
        options = stage.options;
        subscribers = options.number("subscribers", 100);
    }

    boolean run() throws InterruptedException {
        var rows = stage.rows();
        long base = stage.site.head(stage.tokens.getFirst());
        var publisher = stage.publisher(rows);
        var audience = stage.audience();
        audience.open(subscribers, stage.wish, stage.tokens, base, Long.MAX_VALUE);
        double rate = options.fraction("rate", 200);
        int secs = options.number("secs", 20);
        long end = Clocks.now() + secs * SECOND;
        publisher.start(rate, Clocks.now(), (int) (rate * secs), 0);
        long cuts = cutUntil(audience, end);
        awaitAll(audience, publisher, end + options.number("drain", 10) * SECOND);
        return compare(audience, publisher.outcome(), base, cuts);
    }

    private long cutUntil(Audience audience, long end) throws InterruptedException {
        double every = options.fraction("every", 500);
        long cuts = 0;
        while (Clocks.now() < end) {
            cuts += audience.cut(POLL_MILLIS / every, (int) (every / 2) + 1);
            Thread.sleep(POLL_MILLIS);
        }
        return cuts;
    }

    private static void awaitAll(Audience audience, Publisher publisher, long deadline) throws InterruptedException {
        while (Clocks.now() < deadline && !audience.hasSeen(publisher.lastPosition())) {
            Thread.sleep(POLL_MILLIS);
        }
        Thread.sleep(SETTLE_MILLIS);
    }

    private boolean compare(Audience audience, Publisher.Outcome outcome, long base, long cuts)
            throws InterruptedException {
        var log = log(base);
        var positions = log.stream().mapToLong(Long::longValue).toArray();
        var tally = audience.tally();
        long missing = audience.missing(positions);
        long foreign = audience.sum(Subscriber::seen) - (long) positions.length * subscribers + missing;
        long unlogged = Arrays.stream(outcome.positions())
                .filter(position -> !log.contains(position))
                .count();
        boolean good = missing == 0
                && foreign == 0
                && unlogged == 0
                && tally.isClean()
                && outcome.unanswered() == 0
                && outcome.positions().length > 0;
        new Report()
                .put("mode", "resume")
                .put("subscribers", subscribers)
                .put("cuts", cuts)
                .put("published", outcome.positions().length)
                .put("refused", outcome.refused())
                .put("unanswered", outcome.unanswered())
                .put("logged", positions.length)
                .put("unlogged", unlogged)
                .put("missing", missing)
                .put("foreign", foreign)
                .put("repeats", tally.repeats)
                .put("disorders", tally.disorders)
                .put("endedByServer", tally.ended)
                .put("trouble", audience.trouble())
                .put("good", good)
                .print(
                        "%d cuts of %d subscribers, %d events in the log: lost %d, not in the log %d, doubled %d, out of"
                                + " order %d%s",
                        cuts,
                        subscribers,
                        positions.length,
                        missing,
                        foreign,
                        tally.repeats,
                        tally.disorders,
                        good ? "" : ", NOT GOOD");
        return good;
    }

    private Set<Long> log(long base) {
        var token = stage.tokens.getFirst();
        long head = stage.site.head(token);
        var all = new HashSet<Long>();
        stage.wish.topics().forEach(topic -> all.addAll(stage.site.events(token, topic, base, head)));
        return all;
    }
}
