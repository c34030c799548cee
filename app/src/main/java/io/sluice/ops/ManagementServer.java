package io.sluice.ops;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.web.Json;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;

/** Metrics and health on a port of their own, without a token, for whoever reaches that port; off without a port. */
@Component
final class ManagementServer implements SmartLifecycle {

    private final int port;
    private final PrometheusMeterRegistry meters;
    private final Health health;
    private @Nullable DisposableServer server;

    ManagementServer(@Value("${sluice.management.port:0}") int port, PrometheusMeterRegistry meters, Health health) {
        this.port = port;
        this.meters = meters;
        this.health = health;
    }

    @Override
    public boolean isAutoStartup() {
        return port > 0;
    }

    @Override
    public void start() {
        server = HttpServer.create()
                .port(port)
                .route(routes -> routes.get("/metrics", (_, response) -> metrics(response))
                        .get("/health", (_, response) -> states(response))
                        .get("/health/live", (_, response) -> state(response, true))
                        .get("/health/ready", (_, response) -> ready(response)))
                .bindNow();
    }

    private Publisher<Void> metrics(HttpServerResponse response) {
        return response.header("Content-Type", MetricsHttp.FORMAT).sendString(Mono.fromCallable(meters::scrape));
    }

    private Publisher<Void> states(HttpServerResponse response) {
        return health.report()
                .flatMap(report -> Mono.from(
                        json(response, report.status() != HealthState.CRITICAL, HealthHttp.States.of(report))));
    }

    private Publisher<Void> ready(HttpServerResponse response) {
        return health.isReady().flatMap(ready -> Mono.from(state(response, ready)));
    }

    private static Publisher<Void> state(HttpServerResponse response, boolean good) {
        return json(response, good, new HealthHttp.State(good ? HealthState.OK : HealthState.CRITICAL));
    }

    private static Publisher<Void> json(HttpServerResponse response, boolean good, Object body) {
        return response.status(good ? 200 : 503)
                .header("Content-Type", "application/json")
                .sendString(Mono.fromSupplier(() -> Json.write(body)));
    }

    @Override
    public void stop() {
        if (server != null) {
            server.disposeNow();
            server = null;
        }
    }

    @Override
    public boolean isRunning() {
        return server != null;
    }

    /** Last to stop, so that it shows how the node stops. */
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE;
    }
}
