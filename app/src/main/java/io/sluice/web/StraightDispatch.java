package io.sluice.web;

import io.sluice.web.StraightRoutes.Found;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Calls the controller of a {@link StraightRoute} at once. The framework's dispatcher finds mapping, adapters, resolvers
 * and writers anew for each request, which costs more than all that Sluice does for one. What is not plain (a query, a
 * body that is not JSON, a path that is not its own normal form) goes the dispatcher's way, to the same controllers.
 */
@Component
@Order(0)
final class StraightDispatch implements WebFilter {

    private final ObjectProvider<RequestMappingHandlerMapping> mappings;
    private volatile @Nullable StraightRoutes routes;

    StraightDispatch(ObjectProvider<RequestMappingHandlerMapping> mappings) {
        this.mappings = mappings;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        Found found = isPlain(exchange.getRequest())
                ? routes().find(
                                exchange.getRequest().getMethod(),
                                exchange.getRequest().getPath().value())
                : null;
        return found == null
                ? chain.filter(exchange)
                : found.route().answer(exchange, found.id()).flatMap(answer -> write(exchange, answer));
    }

    private StraightRoutes routes() {
        StraightRoutes known = routes;
        if (known == null) {
            known = StraightRoutes.of(mappings.stream()
                    .map(RequestMappingHandlerMapping::getHandlerMethods)
                    .toList());
            routes = known;
        }
        return known;
    }

    private static boolean isPlain(ServerHttpRequest request) {
        HttpMethod method = request.getMethod();
        if (request.getURI().getRawQuery() != null || method == HttpMethod.HEAD || method == HttpMethod.OPTIONS) {
            return false;
        }
        HttpHeaders headers = request.getHeaders();
        boolean hasNoBody = headers.getFirst(HttpHeaders.CONTENT_TYPE) == null;
        return hasNoBody ? method == HttpMethod.GET : Arguments.isPlainJson(headers);
    }

    private static Mono<Void> write(ServerWebExchange exchange, ResponseEntity<?> answer) {
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(answer.getStatusCode());
        HttpHeaders headers = response.getHeaders();
        answer.getHeaders().forEach(headers::put);
        String etag = headers.getETag();
        if (etag != null
                && exchange.getRequest().getMethod() == HttpMethod.GET
                && answer.getStatusCode().is2xxSuccessful()
                && exchange.checkNotModified(etag)) {
            return response.setComplete();
        }
        Object body = answer.getBody();
        return body == null ? response.setComplete() : response.writeWith(Mono.just(buffer(response, body)));
    }

    private static DataBuffer buffer(ServerHttpResponse response, Object body) {
        byte[] bytes =
                body instanceof byte[] ready ? ready : Objects.toString(body).getBytes(StandardCharsets.UTF_8);
        response.getHeaders().setContentLength(bytes.length);
        return response.bufferFactory().wrap(bytes);
    }
}
