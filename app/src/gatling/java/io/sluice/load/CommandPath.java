package io.sluice.load;

import static io.gatling.javaapi.core.CoreDsl.StringBody;
import static io.gatling.javaapi.core.CoreDsl.constantConcurrentUsers;
import static io.gatling.javaapi.core.CoreDsl.details;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.jsonPath;
import static io.gatling.javaapi.core.CoreDsl.repeat;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Simulation;
import java.time.Duration;
import java.util.UUID;

/**
 * Stock movements on one fresh row, each with its own idempotency key, from some users at once.
 *
 * <pre>{@code
 * mvn -q -B -Pgatling -pl app -am process-test-classes -Dgatling.simulationClass=io.sluice.load.CommandPath -Dsluice.users=32 -Dsluice.secs=20
 * }</pre>
 */
public final class CommandPath extends Simulation {

    private static final int MOVES_A_USER = 100;

    private final Target target = new Target();
    private final Site.Row row = target.rows(1).getFirst();

    private final ScenarioBuilder moves = scenario("movements")
            .exec(repeat(MOVES_A_USER)
                    .on(http("POST /api/movements")
                            .post("/api/movements")
                            .header("Idempotency-Key", _ -> UUID.randomUUID().toString())
                            .body(StringBody("{\"locationId\":\"" + row.locationId() + "\",\"partId\":\"" + row.partId()
                                    + "\",\"type\":\"ISSUE\",\"quantity\":1}"))
                            .check(status().is(201), jsonPath("$.position").exists())));

    {
        setUp(moves.injectClosed(constantConcurrentUsers(Target.setting("users", 32))
                        .during(Duration.ofSeconds(Target.setting("secs", 20)))))
                .protocols(target.protocol())
                .assertions(
                        global().failedRequests().count().is(0L),
                        details("POST /api/movements")
                                .responseTime()
                                .percentile3()
                                .lt(Target.setting("limit", 1000)));
    }
}
