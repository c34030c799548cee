package io.sluice.log.rsocket;

import io.rsocket.Payload;
import io.sluice.log.hub.StreamConnection;
import io.sluice.shared.Problem;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Every HTTP route under its RSocket name. */
@Component
final class Rpc {

    Mono<Payload> call(StreamConnection connection, Metadata metadata, byte[] data) {
        return Mono.error(new Problem.NotFound("route", String.valueOf(metadata.route())));
    }

    Flux<Payload> stream(StreamConnection connection, Metadata metadata, byte[] data) {
        return Flux.error(new Problem.NotFound("route", String.valueOf(metadata.route())));
    }

    Flux<Payload> channel(StreamConnection connection, Metadata metadata, Flux<byte[]> lines) {
        return Flux.error(new Problem.NotFound("route", String.valueOf(metadata.route())));
    }
}
