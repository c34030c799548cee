package io.sluice.log.rsocket;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import reactor.core.publisher.Flux;

/** A request that came by RSocket, as the HTTP handlers take it. */
final class InnerRequest extends AbstractServerHttpRequest {

    private final Flux<DataBuffer> body;
    private final Map<String, Object> attributes = new ConcurrentHashMap<>();

    InnerRequest(HttpMethod method, URI uri, HttpHeaders headers, Flux<DataBuffer> body) {
        super(method, uri, null, headers);
        this.body = body;
    }

    /** The framework's own map takes nothing. */
    @Override
    public Map<String, Object> getAttributes() {
        return attributes;
    }

    @Override
    protected MultiValueMap<String, HttpCookie> initCookies() {
        return new LinkedMultiValueMap<>();
    }

    @Override
    protected @Nullable SslInfo initSslInfo() {
        return null;
    }

    @Override
    public @Nullable InetSocketAddress getRemoteAddress() {
        return null;
    }

    @Override
    public <T> T getNativeRequest() {
        throw new IllegalStateException("a request over RSocket has no native one");
    }

    @Override
    public Flux<DataBuffer> getBody() {
        return body;
    }
}
