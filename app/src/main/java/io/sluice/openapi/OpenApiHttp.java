package io.sluice.openapi;

import io.sluice.web.Answers;
import io.sluice.web.Json;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import reactor.core.publisher.Mono;

/** The description of this API; made when it is first asked for. */
@RestController
@Tag(name = "operation")
final class OpenApiHttp {

    private final Mono<byte[]> document;

    OpenApiHttp(ObjectProvider<RequestMappingHandlerMapping> mappings) {
        this.document = Mono.fromCallable(
                        () -> Json.bytes(Description.of(mappings.getObject().getHandlerMethods())))
                .cache();
    }

    @GetMapping("/openapi")
    @Operation(summary = "This description")
    @Answers(type = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<byte[]>> openapi() {
        return document.map(json -> ResponseEntity.ok()
                .cacheControl(CacheControl.maxAge(Duration.ofMinutes(5)).cachePublic())
                .contentType(MediaType.APPLICATION_JSON)
                .body(json));
    }
}
