package io.sluice.log.rsocket;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionData;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionFilter;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionFilterProvider;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionUtil;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketServerExtension;
import io.netty.handler.codec.http.websocketx.extensions.compression.PerMessageDeflateServerExtensionHandshaker;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.Stream;
import reactor.netty.NettyPipeline;

/**
 * Compression of messages (RFC 7692) as it was agreed with a client that offered it. Neither side takes its window over
 * from one message to the next: a window is some 256 KiB, which an idle connection would keep, and a message that does
 * not depend on those before it may go uncompressed, as the bytes that other connections share.
 */
record Deflation(WebSocketServerExtension agreed) {

    private static final String NAME = "permessage-deflate";
    private static final int LEVEL = 3;
    private static final int MEMORY_LEVEL = 8;
    private static final int LARGEST_UNCOMPRESSED = 1024;
    private static final PerMessageDeflateServerExtensionHandshaker HANDSHAKER =
            new PerMessageDeflateServerExtensionHandshaker(
                    LEVEL,
                    false,
                    PerMessageDeflateServerExtensionHandshaker.MAX_WINDOW_SIZE,
                    true,
                    true,
                    PerMessageDeflateServerExtensionHandshaker.MAX_WINDOW_SIZE,
                    MEMORY_LEVEL,
                    new SmallOnesStay(),
                    RSocketEndpoint.LARGEST_FRAME);

    /** The first of the client's offers that can be met. */
    static Optional<Deflation> of(HttpHeaders request) {
        return request.getAll(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS).stream()
                .flatMap(line -> Arrays.stream(line.split(",")))
                .map(String::strip)
                .filter(offer -> offer.startsWith(NAME))
                .flatMap(offer -> WebSocketExtensionUtil.extractExtensions(offer).stream())
                .flatMap(Deflation::agreedOn)
                .findFirst();
    }

    private static Stream<Deflation> agreedOn(WebSocketExtensionData offer) {
        Map<String, String> parameters = new HashMap<>(offer.parameters());
        parameters.put("server_no_context_takeover", null);
        parameters.put("client_no_context_takeover", null);
        return Stream.ofNullable(HANDSHAKER.handshakeExtension(new WebSocketExtensionData(offer.name(), parameters)))
                .map(Deflation::new);
    }

    static boolean isWorthIt(int length) {
        return length > LARGEST_UNCOMPRESSED;
    }

    /** The answer's header. */
    String answer() {
        WebSocketExtensionData data = agreed.newReponseData();
        var answer = new StringJoiner("; ").add(data.name());
        data.parameters().forEach((name, value) -> answer.add(value == null ? name : name + "=" + value));
        return answer.toString();
    }

    void install(ChannelPipeline pipeline) {
        pipeline.addBefore(NettyPipeline.ReactiveBridge, "sluice.inflater", agreed.newExtensionDecoder());
        pipeline.addBefore(NettyPipeline.ReactiveBridge, "sluice.deflater", agreed.newExtensionEncoder());
    }

    private static final class SmallOnesStay implements WebSocketExtensionFilterProvider {

        @Override
        public WebSocketExtensionFilter encoderFilter() {
            return frame -> !isWorthIt(frame.content().readableBytes());
        }

        @Override
        public WebSocketExtensionFilter decoderFilter() {
            return WebSocketExtensionFilter.NEVER_SKIP;
        }
    }
}
