package io.sluice.ops;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.access.Permission;
import io.sluice.web.Answers;
import io.sluice.web.Call;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Figures for Prometheus. */
@RestController
@Tag(name = "operation")
final class MetricsHttp {

    static final String FORMAT = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry meters;

    MetricsHttp(PrometheusMeterRegistry meters) {
        this.meters = meters;
    }

    @GetMapping("/metrics")
    @Operation(summary = "All metrics of this node in the text format of Prometheus")
    @Answers(type = "text/plain")
    Mono<ResponseEntity<String>> metrics(Call call) {
        call.require(Permission.OPS_READ);
        return Mono.fromCallable(() -> ResponseEntity.ok()
                .contentType(MediaType.parseMediaType(FORMAT))
                .body(meters.scrape()));
    }
}
