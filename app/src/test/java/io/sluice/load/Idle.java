package io.sluice.load;

/** Subscribers that only keep alive: what the server's memory grows by. */
final class Idle {

    private static final int SETTLE_MILLIS = 2000;

    private final Stage stage;
    private final int subscribers;

    Idle(Stage stage) {
        this.stage = stage;
        subscribers = stage.options.number("subscribers", 2000);
    }

    boolean run() throws InterruptedException {
        var audience = stage.audience();
        double before = stage.watched.residentMegabytes();
        audience.open(subscribers, stage.wish, stage.tokens, -1, Long.MAX_VALUE);
        Thread.sleep(SETTLE_MILLIS);
        double opened = stage.watched.residentMegabytes();
        var usage = stage.watched.now();
        int hold = stage.options.number("hold", 10);
        Thread.sleep(hold * 1000L);
        var used = stage.watched.now().since(usage);
        double after = stage.watched.residentMegabytes();
        var tally = audience.tally();
        boolean good = tally.ended == 0 && audience.isReady();
        double each = (after - before) * 1024 / subscribers;
        new Report()
                .put("mode", "idle")
                .put("subscribers", subscribers)
                .put("rssBeforeMb", before)
                .put("rssOpenedMb", opened)
                .put("rssMb", after)
                .put("kbPerSubscriber", each)
                .put("cpuPercent", used.server() * 100 / hold)
                .put("ended", tally.ended)
                .put("trouble", audience.trouble())
                .put("good", good)
                .print(
                        "%d idle: RSS %.0f to %.0f MB, %.1f KiB each%s",
                        subscribers, before, after, each, good ? "" : ", NOT GOOD");
        audience.leave();
        return good;
    }
}
