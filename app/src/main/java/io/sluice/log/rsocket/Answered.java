package io.sluice.log.rsocket;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.rsocket.metadata.CompositeMetadataCodec;
import io.sluice.web.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The head of an HTTP answer as composite metadata: status and the headers that mean something here. */
final class Answered {

    private static final List<String> HEADERS =
            List.of("ETag", "Location", "Sluice-Position", "Idempotency-Replayed", "X-Cache");

    private Answered() {}

    static byte[] of(InnerResponse response) {
        Map<String, Object> head = new LinkedHashMap<>();
        head.put(
                "status",
                response.getStatusCode() == null
                        ? 200
                        : response.getStatusCode().value());
        for (String name : HEADERS) {
            String value = response.getHeaders().getFirst(name);
            if (value != null) {
                head.put(name, value);
            }
        }
        CompositeByteBuf composite = Unpooled.compositeBuffer();
        CompositeMetadataCodec.encodeAndAddMetadata(
                composite,
                ByteBufAllocator.DEFAULT,
                Metadata.HEADERS,
                Unpooled.wrappedBuffer(Json.write(head).getBytes(StandardCharsets.UTF_8)));
        byte[] bytes = ByteBufUtil.getBytes(composite);
        composite.release();
        return bytes;
    }
}
