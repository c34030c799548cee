package io.sluice.web;

import io.sluice.shared.Problem;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.AbstractServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/** Whole bodies of requests, of at most 1 MiB. */
public final class Bodies {

    public static final int LIMIT = 1 << 20;
    /** Longest line of a streamed body. */
    public static final int LINE_LIMIT = 1 << 16;

    private static final String DIGEST = Bodies.class.getName() + ".digest";

    private Bodies() {}

    public static Mono<byte[]> read(ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        if (request.getHeaders().getContentLength() > LIMIT) {
            return Mono.error(Bodies::tooLarge);
        }
        return DataBufferUtils.join(whole(exchange), LIMIT)
                .map(Bodies::drained)
                .defaultIfEmpty(new byte[0])
                .onErrorMap(DataBufferLimitException.class, _ -> tooLarge())
                .doOnNext(body -> exchange.getAttributes().put(DIGEST, digest(body)));
    }

    /**
     * The body as it comes, to its true end. A body that the library below refuses midway, such as one with a broken
     * chunk, seems to end there: what came of it must not pass for the whole.
     */
    public static Flux<DataBuffer> whole(ServerWebExchange exchange) {
        return exchange.getRequest()
                .getBody()
                .concatWith(Mono.defer(() -> isRefused(exchange.getResponse()) ? Mono.error(broken()) : Mono.empty()));
    }

    /** Answered by the library below, while we have not begun to. */
    private static boolean isRefused(ServerHttpResponse response) {
        ServerHttpResponse inner = response;
        while (inner instanceof ServerHttpResponseDecorator outer) {
            inner = outer.getDelegate();
        }
        return inner instanceof AbstractServerHttpResponse own
                && !own.isCommitted()
                && own.getNativeResponse() instanceof HttpServerResponse below
                && below.hasSentHeaders();
    }

    private static Problem broken() {
        return new Problem.Invalid("invalid-request", "the body breaks off", List.of());
    }

    private static Problem tooLarge() {
        return new Problem.TooLarge("body-too-large", "a body takes at most 1 MiB");
    }

    private static byte[] drained(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }

    /** SHA-256 of the body that was read, in hex; of nothing when none was. */
    static String digestOf(ServerWebExchange exchange) {
        return exchange.getAttributeOrDefault(DIGEST, "");
    }

    private static String digest(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
