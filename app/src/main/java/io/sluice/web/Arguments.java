package io.sluice.web;

import io.swagger.v3.oas.annotations.parameters.RequestBody;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.core.MethodParameter;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * What a controller's method may ask for: its {@link Call}, a record bound from the body ({@code @RequestBody} of
 * OpenAPI), a record bound from the query ({@code @ParameterObject}).
 */
final class Arguments implements HandlerMethodArgumentResolver {

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType() == Call.class
                || parameter.hasParameterAnnotation(RequestBody.class)
                || parameter.hasParameterAnnotation(ParameterObject.class);
    }

    @Override
    public Mono<Object> resolveArgument(MethodParameter parameter, BindingContext binding, ServerWebExchange exchange) {
        if (parameter.getParameterType() == Call.class) {
            return Mono.fromCallable(() -> Call.of(exchange));
        }
        Class<? extends Record> type = parameter.getParameterType().asSubclass(Record.class);
        return parameter.hasParameterAnnotation(ParameterObject.class)
                ? Mono.fromCallable(() -> Binder.bind(exchange.getRequest().getQueryParams(), type))
                : Bodies.read(exchange).map(body -> Binder.bind(body, type));
    }
}
