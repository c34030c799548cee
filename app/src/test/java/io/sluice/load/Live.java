package io.sluice.load;

import org.jspecify.annotations.Nullable;

/** Events as they happen, to all subscribers, at one rate or at rising ones. */
final class Live {

    /**
     * One measurement at one rate.
     *
     * @param isGood nothing lost, doubled, out of order, refused or cut off
     */
    private record Rung(Report report, boolean isGood) {}

    private static final int POLL_MILLIS = 20;
    private static final int POLLS_A_SAMPLE = 25;
    private static final long SECOND = 1_000_000_000L;
    private static final long LEAD = SECOND / 10;
    private static final double MOST_SLOWED = 1.2;

    private final Options options;
    private final Stage stage;
    private final int subscribers;
    private final Audience audience;
    private final @Nullable Publisher publisher;

    Live(Stage stage) throws InterruptedException {
        this.stage = stage;
        options = stage.options;
        subscribers = options.number("subscribers", 1000);
        audience = stage.audience();
        publisher = options.has("no-publish") ? null : stage.publisher(stage.rows());
        audience.open(subscribers, stage.wish, stage.tokens, -1, Long.MAX_VALUE);
    }

    boolean once() throws InterruptedException {
        var rung =
                measure("live", options.fraction("rate", 100), options.number("warm", 5), options.number("secs", 10));
        print(rung);
        return rung.isGood();
    }

    /** The same rate twice, the second time beside subscribers that stop asking. Is good when those slow no one. */
    boolean stalled() throws InterruptedException {
        double rate = options.fraction("rate", 100);
        int secs = options.number("secs", 10);
        var alone = measure("alone", rate, options.number("warm", 5), secs);
        print(alone);
        stage.audience()
                .open(options.number("stalled", 1000), stage.wish.askingOnce(), stage.tokens, -1, Long.MAX_VALUE);
        var beside = measure("stalled", rate, options.number("warm", 5), secs);
        print(beside);
        return alone.isGood()
                && beside.isGood()
                && beside.report().number("p99") <= MOST_SLOWED * alone.report().number("p99");
    }

    /** Is good when the first rung was, and none lost an event. */
    boolean ladder() throws InterruptedException {
        int secs = options.number("secs", 4);
        double limit = options.fraction("limit", 250);
        double rate = options.fraction("rate", 50);
        Report best = null;
        var rung = measure("rung", rate, options.number("warm", 5), secs);
        print(rung);
        while (rung.isGood() && rung.report().number("p99") <= limit) {
            best = rung.report();
            rate *= options.fraction("step", 1.4);
            rung = measure("rung", rate, 1, secs);
            print(rung);
        }
        if (best != null) {
            print(new Rung(best.put("mode", "ladder"), true));
        }
        return best != null && rung.report().number("repeats") + rung.report().number("disorders") == 0;
    }

    private Rung measure(String mode, double rate, int warm, int secs) throws InterruptedException {
        long begin = Clocks.now() + LEAD;
        long from = begin + warm * SECOND;
        audience.reset(from);
        if (publisher != null) {
            publisher.start(rate, begin, (int) (rate * (warm + secs)), from);
        }
        double memory = stage.watched.residentMegabytes();
        Clocks.awaitUntil(from);
        var before = stage.watched.now();
        double highest = Math.max(memory, awaitEnd(from + secs * SECOND));
        var usage = stage.watched.now().since(before);
        double seconds = (Clocks.now() - from) / 1e9;
        var report = new Report().put("mode", mode).put("rate", publisher == null ? 0.0 : rate);
        var rung = judge(report, from);
        usage.report(report, (long) report.number("measured"), seconds);
        report.put("rssMb", memory).put("rssMaxMb", highest).put("good", rung.isGood());
        return rung;
    }

    /** Waits until all has arrived or the time for it is over, and says the most memory that the server had. */
    private double awaitEnd(long to) throws InterruptedException {
        long deadline = to + options.number("drain", 10) * SECOND;
        double highest = 0;
        for (int i = 0; Clocks.now() < to || Clocks.now() < deadline && !isArrived(); i++) {
            if (i % POLLS_A_SAMPLE == 0) {
                highest = Math.max(highest, stage.watched.residentMegabytes());
            }
            Thread.sleep(POLL_MILLIS);
        }
        return highest;
    }

    private boolean isArrived() throws InterruptedException {
        return publisher == null || audience.hasSeen(publisher.lastPosition());
    }

    private Rung judge(Report report, long from) throws InterruptedException {
        var tally = audience.tally();
        double seconds = Math.max(tally.lastReceived - from, 1) / 1e9;
        report.put("subscribers", subscribers)
                .put("batch", stage.wish.batch())
                .put("credit", stage.wish.credit())
                .put("deliveriesPerSecond", tally.measured / seconds)
                .put("measured", tally.measured)
                .put("received", tally.received)
                .put("payloads", tally.payloads)
                .latencies("", tally.fromSend)
                .latencies("fromEvent_", tally.fromEvent)
                .put("repeats", tally.repeats)
                .put("disorders", tally.disorders)
                .put("ended", tally.ended)
                .put("trouble", audience.trouble())
                .put("frames", tally.frames);
        boolean complete = publisher == null || judgeLoss(report, publisher.outcome(), tally);
        return new Rung(report, complete && tally.isClean() && tally.ended == 0);
    }

    private boolean judgeLoss(Report report, Publisher.Outcome outcome, Tally tally) throws InterruptedException {
        long missing = audience.missing(outcome.positions());
        long expected = (long) outcome.positions().length * subscribers;
        report.put("published", outcome.positions().length)
                .put("refused", outcome.refused())
                .put("broken", outcome.broken())
                .put("unanswered", outcome.unanswered())
                .put("missing", missing)
                .put("foreign", tally.received - expected + missing)
                .latencies("command_", outcome.acknowledged());
        return missing == 0 && outcome.refused() == 0 && outcome.unanswered() == 0;
    }

    private static void print(Rung rung) {
        var report = rung.report();
        report.print(
                "%.0f/s to %.0f: %.0f deliveries/s, p50 %.1f p90 %.1f p99 %.1f max %.1f ms, CPU %.2f us each, RSS %.0f MB,"
                        + " lost %.0f, doubled %.0f, out of order %.0f%s",
                report.number("rate"),
                report.number("subscribers"),
                report.number("deliveriesPerSecond"),
                report.number("p50"),
                report.number("p90"),
                report.number("p99"),
                report.number("max"),
                report.number("cpuMicros"),
                report.number("rssMaxMb"),
                report.number("missing"),
                report.number("repeats"),
                report.number("disorders"),
                rung.isGood() ? "" : ", NOT GOOD");
    }
}
