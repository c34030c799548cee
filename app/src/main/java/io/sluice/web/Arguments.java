package io.sluice.web;

import io.sluice.shared.FieldError;
import io.sluice.shared.Problem;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;
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
        if (parameter.hasParameterAnnotation(ParameterObject.class)) {
            Class<? extends Record> type = parameter.getParameterType().asSubclass(Record.class);
            return Mono.fromCallable(() -> Binder.bind(exchange.getRequest().getQueryParams(), type));
        }
        if (exchange.getRequest().getURI().getRawQuery() != null) {
            checkQuery(parameter, exchange);
        }
        return parameter.hasParameterAnnotation(RequestBody.class)
                ? body(parameter.getParameterType().asSubclass(Record.class), exchange)
                : Mono.fromCallable(() -> call(parameter, exchange));
    }

    private static Call call(MethodParameter parameter, ServerWebExchange exchange) {
        HttpHeaders headers = exchange.getRequest().getHeaders();
        Method route = parameter.getMethod();
        if (route != null && headers.getFirst(HttpHeaders.ACCEPT) != null) {
            Accepted.by(headers).require(route);
        }
        return Call.of(exchange);
    }

    private static Mono<Object> body(Class<? extends Record> type, ServerWebExchange exchange) {
        if (!isPlainJson(exchange.getRequest().getHeaders())) {
            return Mono.error(() -> new UnsupportedMediaTypeStatusException(
                    "application/json without an encoding is expected", List.of(MediaType.APPLICATION_JSON)));
        }
        return Bodies.read(exchange).map(body -> Binder.bind(body, type));
    }

    static boolean isPlainJson(HttpHeaders headers) {
        String type = headers.getFirst(HttpHeaders.CONTENT_TYPE);
        String encoding = headers.getFirst(HttpHeaders.CONTENT_ENCODING);
        return type != null && isJson(type) && (encoding == null || encoding.equalsIgnoreCase("identity"));
    }

    /** Whatever its parameters: JSON has none that mean something (RFC 8259, 11). */
    private static boolean isJson(String type) {
        int end = type.indexOf(';');
        return MediaType.APPLICATION_JSON_VALUE.equalsIgnoreCase((end < 0 ? type : type.substring(0, end)).strip());
    }

    /** A route without a record for its query takes no parameters. */
    private static void checkQuery(MethodParameter parameter, ServerWebExchange exchange) {
        Method route = parameter.getMethod();
        if (route == null || takesQuery(route)) {
            return;
        }
        List<FieldError> errors = exchange.getRequest().getQueryParams().keySet().stream()
                .map(name -> new FieldError(Binder.shown(name), "unknown-field", "this route takes no parameters"))
                .toList();
        if (!errors.isEmpty()) {
            throw new Problem.Invalid(errors);
        }
    }

    private static boolean takesQuery(Method route) {
        return Arrays.stream(route.getParameters()).anyMatch(it -> it.isAnnotationPresent(ParameterObject.class));
    }
}
