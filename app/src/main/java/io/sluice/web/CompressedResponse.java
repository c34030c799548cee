package io.sluice.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Compresses a body that is written at once as a whole, and a streamed one flush by flush. */
final class CompressedResponse extends ServerHttpResponseDecorator {

    private final Compression compression;
    private final Encoding encoding;
    private final long start = System.nanoTime();

    CompressedResponse(ServerHttpResponse response, Compression compression, Encoding encoding) {
        super(response);
        this.compression = compression;
        this.encoding = encoding;
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        if (!isCompressible()) {
            return super.writeWith(body);
        }
        return DataBufferUtils.join(Flux.from(body)).flatMap(this::whole);
    }

    private Mono<Void> whole(DataBuffer buffer) {
        if (buffer.readableByteCount() < compression.threshold()) {
            return super.writeWith(Mono.just(buffer));
        }
        byte[] plain = new byte[buffer.readableByteCount()];
        buffer.read(plain);
        DataBufferUtils.release(buffer);
        return compression.compressed(plain, encoding).flatMap(this::write);
    }

    private Mono<Void> write(Compression.Result result) {
        byte[] packed = result.packed();
        getHeaders().set("X-Response-Time", millis() + "ms");
        if (packed != null) {
            announce();
            getHeaders().set("X-Original-Size", Integer.toString(result.plain().length));
            getHeaders().setContentLength(packed.length);
        }
        byte[] sent = packed == null ? result.plain() : packed;
        return super.writeWith(Mono.fromSupplier(() -> bufferFactory().wrap(sent)));
    }

    private String millis() {
        return Long.toString((System.nanoTime() - start) / 1_000_000);
    }

    private void announce() {
        getHeaders().set(HttpHeaders.CONTENT_ENCODING, encoding.word());
        getHeaders().set("X-Compression", encoding.word());
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        if (!isCompressible()) {
            return super.writeAndFlushWith(body);
        }
        return Mono.defer(() -> {
            announce();
            getHeaders().remove(HttpHeaders.CONTENT_LENGTH);
            getHeaders().set("X-Response-Time", millis() + "ms");
            var stream = new Stream();
            return super.writeAndFlushWith(Flux.from(body)
                    .concatMap(part -> DataBufferUtils.join(Flux.from(part)).map(stream::flushed))
                    .concatWith(Mono.fromSupplier(stream::ended))
                    .map(Mono::just)
                    .doFinally(_ -> stream.close()));
        });
    }

    /** Known when the first byte is to be written: the handler has set status and headers by then. */
    private boolean isCompressible() {
        HttpHeaders headers = getHeaders();
        HttpStatusCode status = getStatusCode();
        return (status == null || (status.is2xxSuccessful() && status.value() != 204 && status.value() != 206))
                && headers.getFirst(HttpHeaders.CONTENT_ENCODING) == null
                && isText(headers.getContentType());
    }

    /** What is no text is compressed already: images, video, audio, pdf, zip. */
    private static boolean isText(@Nullable MediaType type) {
        return type != null
                && (type.getType().equals("text")
                        || type.getSubtype().endsWith("json")
                        || type.getSubtype().endsWith("xml")
                        || type.getSubtype().equals("javascript"));
    }

    private final class Stream {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final OutputStream out;

        Stream() {
            try {
                out = compression.open(encoding, bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        DataBuffer flushed(DataBuffer part) {
            long begin = System.nanoTime();
            byte[] plain = new byte[part.readableByteCount()];
            part.read(plain);
            DataBufferUtils.release(part);
            try {
                out.write(plain);
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            compression.count(encoding, plain.length, bytes.size(), System.nanoTime() - begin);
            return taken();
        }

        DataBuffer ended() {
            close();
            return taken();
        }

        void close() {
            try {
                out.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private DataBuffer taken() {
            byte[] packed = bytes.toByteArray();
            bytes.reset();
            return bufferFactory().wrap(packed);
        }
    }
}
