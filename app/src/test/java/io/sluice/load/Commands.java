package io.sluice.load;

import java.net.URI;
import java.util.Set;

/**
 * HTTP load in a closed loop: each of some kept connections sends its next request when it has the answer to the last.
 * Prints throughput, latency and the server's processor time for an operation, for stock movements, cached reads, or both
 * after each other. The movements have to leave exactly the stock that they should. One command, from the root
 * of the project:
 *
 * <pre>{@code
 * mvn -q -B -Pload -pl app -am process-test-classes -Dload=Commands -Dargs="--work both --login .sluice/demo-logins.json --connections 32 --warm 5 --secs 10 --pids PID"
 * }</pre>
 *
 * <p>Words: {@code --work move|read|summary|both}; {@code --path /api/...} reads that instead; {@code --url
 * http://127.0.0.1:8080}; {@code --role admin} or {@code --token-file F}; {@code --rows 1} that the movements take in
 * turn; {@code --repeat 1}; {@code --pids} counts these processes alone, {@code --db-pids} the
 * database's first process with all below it.
 */
public final class Commands {

    private static final Set<String> KNOWN = Set.of(
            "work",
            "path",
            "url",
            "login",
            "role",
            "token-file",
            "connections",
            "warm",
            "secs",
            "rows",
            "repeat",
            "pids",
            "db-pids");

    private static final long SECOND = 1_000_000_000L;
    private static final int POLL_MILLIS = 20;

    private final Options options;
    private final Site site;
    private final String token;
    private final Usage.Watched watched;

    private Commands(Options options) {
        this.options = options;
        site = new Site(URI.create(options.text("url", "http://127.0.0.1:8080")));
        token = Site.tokens(site, options).getFirst();
        watched = Usage.Watched.of(options);
    }

    public static void main(String[] words) throws InterruptedException {
        boolean good = new Commands(Options.of(words, KNOWN)).run();
        System.exit(good ? 0 : 1);
    }

    private boolean run() throws InterruptedException {
        var work = options.text("work", "both");
        boolean good = true;
        for (int i = 0; i < options.number("repeat", 1); i++) {
            good &= switch (work) {
                case "both" -> move() & read(partPath());
                case "move" -> move();
                case "read" -> read(partPath());
                case "summary" -> read("/api/inventory/summary?locationId=" + row().locationId());
                default -> throw new IllegalArgumentException("unknown work " + work);
            };
        }
        return good;
    }

    private String partPath() {
        return options.has("path") ? options.text("path", "") : "/api/parts/" + row().partId();
    }

    private Site.Row row() {
        return site.rows(token, 1).getFirst();
    }

    private boolean move() throws InterruptedException {
        var moves = new Moves(new Issues(token, site.rows(token, options.number("rows", 1))));
        return measure("move", moves) & isLeftRight(moves);
    }

    private static boolean isLeftRight(Moves moves) {
        long wrong = moves.wrongRows();
        if (wrong > 0) {
            System.err.println(wrong + " rows do not hold what the answers add up to");
        }
        return wrong == 0;
    }

    private boolean read(String path) throws InterruptedException {
        return measure(path, new Reads(path, token));
    }

    private boolean measure(String name, ClosedLoop.Work work) throws InterruptedException {
        try (var loops = new Loops("commands", 1)) {
            var loop = new ClosedLoop(loops.next(), site.base(), options.number("connections", 32), work);
            loop.start();
            Thread.sleep(options.number("warm", 5) * 1000L);
            loop.reset();
            long begin = System.nanoTime();
            var before = watched.now();
            Thread.sleep(options.number("secs", 10) * 1000L);
            var outcome = loop.outcome();
            var usage = watched.now().since(before);
            double seconds = (System.nanoTime() - begin) / 1e9;
            boolean answered = isQuiet(loop);
            loop.close();
            return report(name, outcome, usage, seconds) && answered;
        }
    }

    private static boolean isQuiet(ClosedLoop loop) throws InterruptedException {
        loop.stop();
        long deadline = System.nanoTime() + 10 * SECOND;
        while (loop.outcome().flying() > 0 && System.nanoTime() < deadline) {
            Thread.sleep(POLL_MILLIS);
        }
        return loop.outcome().flying() == 0;
    }

    private boolean report(String name, ClosedLoop.Outcome outcome, Usage usage, double seconds) {
        var latencies = outcome.latencies();
        boolean good = outcome.wrong() == 0 && latencies.count() > 0;
        var report = new Report()
                .put("work", name)
                .put("connections", options.number("connections", 32))
                .put("operations", latencies.count())
                .put("perSecond", latencies.count() / seconds)
                .latencies("", latencies)
                .put("wrong", outcome.wrong())
                .put("broken", outcome.broken());
        usage.report(report, latencies.count(), seconds);
        report.put("rssMb", watched.residentMegabytes())
                .put("good", good)
                .print(
                        "%s: %.0f/s, p50 %.2f p90 %.2f p99 %.2f max %.1f ms, CPU %.1f + database %.1f us each%s",
                        name,
                        report.number("perSecond"),
                        report.number("p50"),
                        report.number("p90"),
                        report.number("p99"),
                        report.number("max"),
                        report.number("cpuMicros"),
                        report.number("dbCpuMicros"),
                        good ? "" : ", NOT GOOD");
        return good;
    }
}
