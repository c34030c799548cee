package io.sluice.web;

import io.sluice.shared.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * What every request and answer keeps to, whichever route it takes: headers, origins, versions, time limit, compression
 * and counting. One filter, because a chain of small ones costs each request more than what they do.
 */
@Component
@Order(-100)
final class Conduct implements WebFilter {

    private static final String ORIGIN_AND_ENCODING = "Origin, Accept-Encoding";
    private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
    private static final String ASKED_HEADERS =
            "Accept, API-Version, Authorization, Cache-Control, Content-Type, Idempotency-Key, If-Match, If-None-Match,"
                    + " Last-Event-ID, Sluice-Connection, Sluice-Min-Position, traceparent, X-Coalesce-Window,"
                    + " X-No-Compression";
    private static final String SHOWN_HEADERS =
            "API-Version, Deprecation, ETag, Idempotency-Replayed, Location, Retry-After, Sluice-Position, Sunset,"
                    + " X-Cache, X-Compression, X-Original-Size, X-Request-Id, X-Response-Time, X-Trace-Id";

    private final AllowedOrigins origins;
    private final Compression compression;
    private final Requests requests;

    Conduct(AllowedOrigins origins, Compression compression, Requests requests) {
        this.origins = origins;
        this.compression = compression;
        this.requests = requests;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        HttpHeaders asked = request.getHeaders();
        HttpHeaders answered = exchange.getResponse().getHeaders();
        describe(exchange, answered);
        String origin = asked.getOrigin();
        if (origin != null) {
            if (!origins.allows(origin, asked.getFirst(HttpHeaders.HOST))) {
                return watched(exchange, Mono.error(new Problem.Forbidden("origin", "this origin is not listed")));
            }
            admit(origin, answered);
            if (isPreflight(request)) {
                return preflight(exchange.getResponse());
            }
        }
        Throwable refused = refusal(request, asked);
        return watched(exchange, refused == null ? chain.filter(compression.prepare(exchange)) : Mono.error(refused));
    }

    private Mono<Void> watched(ServerWebExchange exchange, Mono<Void> work) {
        return requests.watched(exchange, work);
    }

    private static void describe(ServerWebExchange exchange, HttpHeaders answered) {
        StandingHeaders.set(RequestIdentity.of(exchange), answered::set);
        answered.set(HttpHeaders.VARY, ORIGIN_AND_ENCODING);
        answered.set(
                HttpHeaders.CACHE_CONTROL,
                exchange.getRequest().getMethod() == HttpMethod.GET ? "private, no-cache" : "private, no-store");
    }

    private static void admit(String origin, HttpHeaders answered) {
        answered.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        answered.set(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, SHOWN_HEADERS);
    }

    private static boolean isPreflight(ServerHttpRequest request) {
        return request.getMethod() == HttpMethod.OPTIONS
                && request.getHeaders().getFirst(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD) != null;
    }

    private static Mono<Void> preflight(ServerHttpResponse response) {
        response.getHeaders().set(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        response.getHeaders().set(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, ASKED_HEADERS);
        response.getHeaders().set(HttpHeaders.ACCESS_CONTROL_MAX_AGE, "600");
        response.setStatusCode(HttpStatus.NO_CONTENT);
        return response.setComplete();
    }

    private @Nullable Throwable refusal(ServerHttpRequest request, HttpHeaders asked) {
        String version = asked.getFirst(StandingHeaders.API_VERSION);
        if (version != null && !version.equals(StandingHeaders.VERSION)) {
            return new Problem.Invalid(
                    "unsupported-version", "the only version is " + StandingHeaders.VERSION, List.of());
        }
        if (requests.isClosed() && !request.getPath().value().startsWith("/health")) {
            return Requests.closed();
        }
        return null;
    }
}
