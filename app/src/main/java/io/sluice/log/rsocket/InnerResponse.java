package io.sluice.log.rsocket;

import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.server.reactive.AbstractServerHttpResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Hands the body of an HTTP answer to whoever reads it, at the reader's demand and in the handler's own context. */
final class InnerResponse extends AbstractServerHttpResponse {

    private final Sinks.One<Flux<DataBuffer>> written = Sinks.one();
    private final Sinks.Empty<Void> read = Sinks.empty();

    InnerResponse() {
        super(DefaultDataBufferFactory.sharedInstance);
    }

    /** The body; empty when the handler wrote none. Handling ends when the body was read. */
    Flux<DataBuffer> body(Mono<Void> handling) {
        Flux<DataBuffer> handled = handling.doOnError(written::tryEmitError)
                .doOnSuccess(_ -> written.tryEmitEmpty())
                .thenMany(Flux.empty());
        Flux<DataBuffer> body = written.asMono().flatMapMany(it -> it).doFinally(_ -> read.tryEmitEmpty());
        return Flux.merge(body, handled);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> T getNativeResponse() {
        return (T) this; // there is none below
    }

    @Override
    protected Mono<Void> writeWithInternal(Publisher<? extends DataBuffer> body) {
        return Mono.deferContextual(context -> {
            written.tryEmitValue(Flux.<DataBuffer>from(body).contextWrite(context));
            return read.asMono();
        });
    }

    @Override
    protected Mono<Void> writeAndFlushWithInternal(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        return writeWithInternal(Flux.from(body).concatMap(part -> part));
    }

    @Override
    protected void applyStatusCode() {
        // read from getStatusCode()
    }

    @Override
    protected void applyHeaders() {
        // read from getHeaders()
    }

    @Override
    protected void applyCookies() {
        // an RSocket connection keeps none
    }
}
