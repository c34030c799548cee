package io.sluice.web;

import io.sluice.shared.Problem;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

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
        return DataBufferUtils.join(request.getBody(), LIMIT)
                .map(Bodies::drained)
                .defaultIfEmpty(new byte[0])
                .onErrorMap(DataBufferLimitException.class, _ -> tooLarge())
                .doOnNext(body -> exchange.getAttributes().put(DIGEST, digest(body)));
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
