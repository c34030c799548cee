package io.sluice.log.rsocket;

import io.netty.buffer.ByteBuf;
import io.rsocket.Payload;
import io.rsocket.metadata.AuthMetadataCodec;
import io.rsocket.metadata.CompositeMetadata;
import io.rsocket.metadata.RoutingMetadata;
import io.rsocket.metadata.WellKnownAuthType;
import io.rsocket.metadata.WellKnownMimeType;
import io.sluice.shared.Problem;
import io.sluice.web.RequestIdentity;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a payload's composite metadata says: route, bearer token, and headers of a command as JSON strings. */
record Metadata(
        @Nullable String route, @Nullable String bearer, Map<String, String> headers, RequestIdentity identity) {

    private static final String TRACE = "traceparent";

    /** Carries headers of a command: {@code {"Idempotency-Key": "...", "If-Match": "..."}}. */
    static final String HEADERS = "application/vnd.sluice.headers+json";

    static Metadata of(Payload payload) {
        try {
            return read(payload.sliceMetadata());
        } catch (RuntimeException e) {
            if (e instanceof Problem) {
                throw e;
            }
            throw new Problem.Invalid("malformed-metadata", "composite metadata is expected", List.of());
        }
    }

    private static Metadata read(ByteBuf buffer) {
        String route = null;
        String bearer = null;
        Map<String, String> headers = new HashMap<>();
        for (CompositeMetadata.Entry entry : new CompositeMetadata(buffer, false)) {
            String type = entry.getMimeType();
            if (WellKnownMimeType.MESSAGE_RSOCKET_ROUTING.getString().equals(type)) {
                var tags = new RoutingMetadata(entry.getContent()).iterator();
                route = tags.hasNext() ? tags.next() : null;
            } else if (WellKnownMimeType.MESSAGE_RSOCKET_AUTHENTICATION
                    .getString()
                    .equals(type)) {
                bearer = bearerOf(entry.getContent());
            } else if (HEADERS.equals(type)) {
                headers.putAll(RpcHeaders.parse(entry.getContent().toString(StandardCharsets.UTF_8)));
            }
        }
        var identity = RequestIdentity.of(headers.get(TRACE), headers.get("Accept-Language"));
        headers.put(TRACE, identity.traceparent()); // what is handled inside belongs to the same trace
        return new Metadata(route, bearer, headers, identity);
    }

    private static @Nullable String bearerOf(ByteBuf content) {
        return AuthMetadataCodec.readWellKnownAuthType(content) == WellKnownAuthType.BEARER
                ? new String(AuthMetadataCodec.readBearerTokenAsCharArray(content))
                : null;
    }
}
