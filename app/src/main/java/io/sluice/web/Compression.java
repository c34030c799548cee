package io.sluice.web;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.BrotliOutputStream;
import com.aayushatharva.brotli4j.encoder.Encoder;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Compresses bodies as the client prefers, where it is worth it. Brotli where its native library is there. */
@Component
final class Compression implements DisposableBean {

    private static final String NAME = "compression";
    /** Bodies above this would hold up the other requests of an event loop for more than a millisecond. */
    private static final int INLINE = 1 << 16;

    private final int threshold;
    private final int brotliQuality;
    private final int level;
    private final boolean brotli = Brotli4jLoader.isAvailable();
    private final Scheduler threads = Schedulers.newBoundedElastic(2, 1000, NAME);
    private final Map<Encoding, Meters> meters = new EnumMap<>(Encoding.class);

    private record Meters(Counter in, Counter out, Timer taken) {}

    Compression(
            @Value("${sluice.compression.threshold:1024B}") DataSize threshold,
            @Value("${sluice.compression.brotli-quality:4}") int brotliQuality,
            @Value("${sluice.compression.level:6}") int level,
            MeterRegistry registry) {
        this.threshold = Math.toIntExact(threshold.toBytes());
        this.brotliQuality = brotliQuality;
        this.level = level;
        for (Encoding encoding : Encoding.values()) {
            meters.put(encoding, metersOf(encoding.word(), registry));
        }
    }

    private static Meters metersOf(String method, MeterRegistry registry) {
        return new Meters(
                bytes(method, "in", registry),
                bytes(method, "out", registry),
                Timer.builder("sluice_compression_seconds")
                        .tag("method", method)
                        .register(registry));
    }

    private static Counter bytes(String method, String side, MeterRegistry registry) {
        return Counter.builder("sluice_compression_bytes_total")
                .tag("method", method)
                .tag("side", side)
                .register(registry);
    }

    int threshold() {
        return threshold;
    }

    /** The exchange, with a response that compresses when the client takes an encoding and the route is no exception. */
    ServerWebExchange prepare(ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        String accepted = request.getHeaders().getFirst(HttpHeaders.ACCEPT_ENCODING);
        if (accepted == null || request.getMethod() == HttpMethod.HEAD || isExempt(request)) {
            return exchange;
        }
        Encoding encoding = Encoding.choose(accepted, brotli);
        return encoding == null
                ? exchange
                : exchange.mutate()
                        .response(new CompressedResponse(exchange.getResponse(), this, encoding))
                        .build();
    }

    /** A live stream would hold a dictionary of 256 KiB for each reader, and gains nothing on single events. */
    private static boolean isExempt(ServerHttpRequest request) {
        String path = request.getPath().value();
        return path.startsWith("/api/auth")
                || path.equals("/api/streams")
                || path.startsWith("/health")
                || path.equals("/status")
                || path.equals("/metrics")
                || request.getHeaders().getFirst("X-No-Compression") != null;
    }

    /** Emits the body, compressed; null inside when that saves less than 30 %. */
    Mono<Result> compressed(byte[] body, Encoding encoding) {
        Mono<Result> work = Mono.fromCallable(() -> new Result(body, pack(body, encoding)));
        return body.length > INLINE ? work.subscribeOn(threads) : work;
    }

    record Result(byte[] plain, byte @Nullable [] packed) {}

    private byte @Nullable [] pack(byte[] body, Encoding encoding) {
        long start = System.nanoTime();
        var bytes = new ByteArrayOutputStream(body.length / 3 + 64);
        try (OutputStream out = open(encoding, bytes)) {
            out.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        boolean worth = bytes.size() <= body.length * 0.7;
        count(encoding, body.length, worth ? bytes.size() : body.length, System.nanoTime() - start);
        return worth ? bytes.toByteArray() : null;
    }

    void count(Encoding encoding, int in, int out, long nanos) {
        Meters counted = meters.get(encoding);
        if (counted != null) {
            counted.in().increment(in);
            counted.out().increment(out);
            counted.taken().record(Duration.ofNanos(nanos));
        }
    }

    /** A stream whose {@code flush} lets everything written so far be read. */
    OutputStream open(Encoding encoding, OutputStream out) throws IOException {
        return switch (encoding) {
            case BR -> new BrotliOutputStream(out, Encoder.Parameters.create(brotliQuality));
            case GZIP -> new Gzip(out, level);
            case DEFLATE -> new Deflate(out, level);
        };
    }

    private static final class Gzip extends GZIPOutputStream {

        Gzip(OutputStream out, int level) throws IOException {
            super(out, 4096, true);
            def.setLevel(level);
        }

        @Override
        public void close() throws IOException {
            try (var _ = new Ending(def)) {
                super.close();
            }
        }
    }

    private static final class Deflate extends DeflaterOutputStream {

        Deflate(OutputStream out, int level) {
            super(out, new Deflater(level), 4096, true);
        }

        @Override
        public void close() throws IOException {
            try (var _ = new Ending(def)) {
                super.close();
            }
        }
    }

    /** Gives the native memory back at once, not when the collector comes by. */
    private record Ending(Deflater deflater) implements AutoCloseable {

        @Override
        public void close() {
            deflater.end();
        }
    }

    @Override
    public void destroy() {
        threads.dispose();
    }
}
