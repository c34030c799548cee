package io.sluice.ops;

import io.sluice.access.Permission;
import io.sluice.postgres.DatabaseFigures;
import io.sluice.postgres.DatabaseFigures.ConnectionFigures;
import io.sluice.postgres.DatabaseFigures.PoolFigures;
import io.sluice.web.Call;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** How the node is doing: states for everybody, details for who may read them. */
@RestController
@Tag(name = "operation")
final class HealthHttp {

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Health health;
    private final DatabaseFigures database;

    HealthHttp(Health health, DatabaseFigures database) {
        this.health = health;
        this.database = database;
    }

    record State(HealthState status) {}

    record Components(HealthState database, HealthState redis, HealthState log, HealthState streams) {}

    record States(HealthState status, Components components) {

        static States of(Health.Report it) {
            return new States(
                    it.status(),
                    new Components(
                            it.database().status(),
                            it.redis().status(),
                            it.log().status(),
                            it.streams().status()));
        }
    }

    /** @param connections left out while the database does not answer */
    record PoolsView(
            Map<String, PoolFigures> pools, @Nullable ConnectionFigures database) {}

    @GetMapping("/health")
    @Operation(summary = "The states of the node's parts; 503 when one of them is critical")
    Mono<ResponseEntity<States>> states() {
        return health.report().map(report -> answer(report.status() != HealthState.CRITICAL, States.of(report)));
    }

    @GetMapping("/health/live")
    @Operation(summary = "Whether the process answers at all; says nothing of what it needs")
    Mono<State> live() {
        return Mono.just(new State(HealthState.OK));
    }

    @GetMapping("/health/ready")
    @Operation(summary = "Whether the node takes requests; 503 while it starts or stops, and without its database")
    Mono<ResponseEntity<State>> ready() {
        return health.isReady().map(ready -> answer(ready, new State(ready ? HealthState.OK : HealthState.CRITICAL)));
    }

    private static <T> ResponseEntity<T> answer(boolean good, T body) {
        return ResponseEntity.status(good ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
                .header("Cache-Control", "no-store")
                .body(body);
    }

    @GetMapping("/status")
    @Operation(summary = "The states of the node's parts with their figures")
    Mono<Health.Report> status(Call call) {
        call.require(Permission.OPS_READ);
        return health.report();
    }

    @GetMapping("/api/ops/pools")
    @Operation(summary = "Figures of the connection pools and the database, also while every pool is exhausted")
    Mono<PoolsView> pools(Call call) {
        call.require(Permission.OPS_READ);
        return database.connections()
                .map(connections -> new PoolsView(database.pools(), connections))
                .timeout(PATIENCE)
                .onErrorResume(_ -> Mono.fromSupplier(() -> new PoolsView(database.pools(), null)));
    }
}
