package io.sluice.load;

import static io.gatling.javaapi.core.CoreDsl.StringBody;
import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.nothingFor;
import static io.gatling.javaapi.core.CoreDsl.rampUsers;
import static io.gatling.javaapi.core.CoreDsl.regex;
import static io.gatling.javaapi.core.CoreDsl.repeat;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.sse;
import static io.gatling.javaapi.http.HttpDsl.status;

import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Simulation;
import java.time.Duration;
import java.util.UUID;

/**
 * Subscribers of server-sent events, each of which waits for one event after the other, and one publisher of movements on
 * the part that they follow. The time of a check is how long a subscriber waited, so about the publisher's interval.
 *
 * <pre>{@code
 * mvn -q -B -Pgatling -pl app -am process-test-classes -Dgatling.simulationClass=io.sluice.load.ServerSentEvents -Dsluice.subscribers=200 -Dsluice.rate=20
 * }</pre>
 */
public final class ServerSentEvents extends Simulation {

    private static final int SUBSCRIBERS = Target.setting("subscribers", 200);
    private static final int EVENTS = Target.setting("events", 100);
    private static final int RATE = Target.setting("rate", 20);
    private static final Duration OPENING = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Target target = new Target();
    private final Site.Row row = target.rows(1).getFirst();

    private final ScenarioBuilder subscribers = scenario("subscribers")
            .exec(
                    sse("open")
                            .get("/api/streams?topics=part:" + row.partId() + "&implicit=false")
                            .await(PATIENCE)
                            .on(sse.checkMessage("ready").check(regex("ready\\W"))),
                    repeat(EVENTS)
                            .on(exec(sse("await")
                                    .setCheck()
                                    .await(PATIENCE)
                                    .on(sse.checkMessage("event")
                                            .check(regex("stock.changed"), regex("position\\D+(\\d+)"))))),
                    sse("close").close());

    private final ScenarioBuilder publisher = scenario("publisher")
            .exec(http("POST /api/movements")
                    .post("/api/movements")
                    .header("Idempotency-Key", _ -> UUID.randomUUID().toString())
                    .body(StringBody("{\"locationId\":\"" + row.locationId() + "\",\"partId\":\"" + row.partId()
                            + "\",\"type\":\"ISSUE\",\"quantity\":1}"))
                    .check(status().is(201)));

    {
        var publishing = Duration.ofSeconds(2L * EVENTS / RATE + OPENING.toSeconds());
        setUp(
                        subscribers.injectOpen(rampUsers(SUBSCRIBERS).during(OPENING)),
                        publisher.injectOpen(
                                nothingFor(OPENING.dividedBy(2)),
                                constantUsersPerSec(RATE).during(publishing)))
                .protocols(target.protocol())
                .assertions(global().failedRequests().count().is(0L));
    }
}
