package io.sluice.load;

import java.util.Set;

/**
 * Many RSocket subscribers of a running server and, beside them, real commands at a fixed rate. Checks for each
 * subscriber that nothing is lost, doubled or out of order, and prints throughput, latency from the intended send time,
 * and the server's processor time for a delivery: one JSON line on standard output, one line for people on standard
 * error. Ends with 1 when a check fails. One command, from the root of the project:
 *
 * <pre>{@code
 * mvn -q -B -Pload -pl app -am process-test-classes -Dload=FanOut -Dargs="--mode live --login .sluice/demo-logins.json --subscribers 1000 --rate 100 --pids PID"
 * }</pre>
 *
 * <ul>
 *   <li>{@code --mode live --rate 100 --warm 5 --secs 10}
 *   <li>{@code --mode ladder --rate 50 --step 1.4 --secs 4 --limit 250}: raises the rate until the 99th percentile
 *       passes the limit in milliseconds; the last line is the best rung
 *   <li>{@code --mode stalled --rate 100 --stalled 1000}: the same without and with so many more that stop asking; fails
 *       when these make the 99th percentile of the others more than a fifth longer
 *   <li>{@code --mode resume --subscribers 100 --rate 200 --secs 20 --every 500}: cuts every socket at random moments,
 *       on average each {@code --every} ms, comes back with the last position, and compares with {@code /api/events}
 *   <li>{@code --mode catchup --subscribers 1 --fill 100000 --batch 100 --repeat 3}: seconds from connecting to the last
 *       event of a log that was filled before, while {@code --rate} commands a second go on; without {@code --fill} the
 *       first {@code --count} events after {@code --after 0}
 *   <li>{@code --mode idle --subscribers 2000 --hold 10 --pids PID}: the server's memory for a subscriber that waits
 * </ul>
 *
 * <p>Further words: {@code --url ws://127.0.0.1:8080/rsocket}; {@code --role admin,manager} or {@code --token-file F},
 * subscriber i takes the i-th token, the commands the first; {@code --topics stock}; {@code --credit 1024}; {@code --batch
 * 1}; {@code --more '"implicit":false'}, further fields of the request; {@code --pids} counts these processes alone,
 * {@code --db-pids} the database's first process with all below it; {@code --connections 64} of the publisher; {@code
 * --rows 1} of stock; {@code --loops 1} of the subscribers; {@code --drain 10} seconds; {@code --no-publish}, events come
 * from elsewhere. All subscribers come from one address and few users: the server's limits for both have to be raised.
 * Leave a cold server half a million deliveries of warm-up before trusting its figures.
 */
public final class FanOut {

    private static final Set<String> KNOWN = Set.of(
            "mode",
            "url",
            "login",
            "role",
            "token-file",
            "topics",
            "credit",
            "batch",
            "more",
            "subscribers",
            "loops",
            "rate",
            "warm",
            "secs",
            "drain",
            "connections",
            "rows",
            "no-publish",
            "pids",
            "db-pids",
            "stalled",
            "step",
            "limit",
            "every",
            "count",
            "fill",
            "repeat",
            "hold",
            "after");

    private FanOut() {}

    public static void main(String[] words) throws InterruptedException {
        var options = Options.of(words, KNOWN);
        boolean good;
        try (var stage = new Stage(options)) {
            good = run(options.text("mode", "live"), stage);
        }
        System.exit(good ? 0 : 1);
    }

    private static boolean run(String mode, Stage stage) throws InterruptedException {
        return switch (mode) {
            case "live" -> new Live(stage).once();
            case "stalled" -> new Live(stage).stalled();
            case "ladder" -> new Live(stage).ladder();
            case "resume" -> new Resume(stage).run();
            case "catchup" -> new CatchUp(stage).run();
            case "idle" -> new Idle(stage).run();
            default -> throw new IllegalArgumentException("unknown mode " + mode);
        };
    }
}
