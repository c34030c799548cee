package io.sluice.web;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.pattern.PathPattern;
import reactor.core.publisher.Mono;

/** A controller's method, called without the framework's dispatcher: what its parameters are is known beforehand. */
record StraightRoute(PathPattern pattern, Method method, List<Source> sources, MethodHandle handle) {

    /** Where a parameter comes from. */
    sealed interface Source {

        record OfCall() implements Source {}

        record OfBody(Class<? extends Record> type) implements Source {}

        record OfPath() implements Source {}
    }

    Mono<ResponseEntity<?>> answer(ServerWebExchange exchange, @Nullable UUID id) {
        exchange.getAttributes().put(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, pattern);
        HttpHeaders headers = exchange.getRequest().getHeaders();
        if (headers.getFirst(HttpHeaders.ACCEPT) != null) {
            Accepted.by(headers).require(method);
        }
        Call call = Call.of(exchange);
        for (Source source : sources) {
            if (source instanceof Source.OfBody(Class<? extends Record> type)) {
                return Bodies.read(exchange).flatMap(body -> invoke(call, id, Binder.bind(body, type)));
            }
        }
        return invoke(call, id, null);
    }

    @SuppressWarnings("unchecked") // the routes that are straight return nothing else
    private Mono<ResponseEntity<?>> invoke(Call call, @Nullable UUID id, @Nullable Record body) {
        @Nullable Object[] arguments = new Object[sources.size()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = switch (sources.get(i)) {
                case Source.OfCall _ -> call;
                case Source.OfBody _ -> body;
                case Source.OfPath _ -> id;
            };
        }
        try {
            return (Mono<ResponseEntity<?>>) (Mono<?>) handle.invokeExact(arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("cannot call " + method, e);
        }
    }
}
