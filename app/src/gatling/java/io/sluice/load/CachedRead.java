package io.sluice.load;

import static io.gatling.javaapi.core.CoreDsl.constantConcurrentUsers;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.jsonPath;
import static io.gatling.javaapi.core.CoreDsl.repeat;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Simulation;
import java.time.Duration;

/**
 * Reads of one part that nobody changes.
 *
 * <pre>{@code
 * mvn -q -B -Pgatling -pl app -am process-test-classes -Dgatling.simulationClass=io.sluice.load.CachedRead -Dsluice.users=32 -Dsluice.secs=20
 * }</pre>
 */
public final class CachedRead extends Simulation {

    private static final int READS_A_USER = 100;

    private final Target target = new Target();
    private final String part = target.rows(1).getFirst().partId();

    private final ScenarioBuilder reads = scenario("reads")
            .exec(repeat(READS_A_USER)
                    .on(http("GET /api/parts/{id}")
                            .get("/api/parts/" + part)
                            .check(status().is(200), jsonPath("$.id").is(part))));

    {
        setUp(reads.injectClosed(constantConcurrentUsers(Target.setting("users", 32))
                        .during(Duration.ofSeconds(Target.setting("secs", 20)))))
                .protocols(target.protocol())
                .assertions(global().failedRequests().count().is(0L));
    }
}
