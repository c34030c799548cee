package io.sluice.web;

import io.sluice.shared.Ids;
import io.sluice.web.StraightRoute.Source;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.util.pattern.PathPattern;
import reactor.core.publisher.Mono;

/**
 * Of all routes those that need nothing of the framework's dispatcher: they take a {@link Call}, a body and at most one
 * id from the path, and answer bytes or text that is ready. Found once, by method and path.
 */
final class StraightRoutes {

    private static final Pattern ID = Pattern.compile("\\{\\w+}");
    private static final String ANY = "{}";

    /** By {@code GET /api/parts/{}}. */
    private final Map<String, StraightRoute> routes;

    private StraightRoutes(Map<String, StraightRoute> routes) {
        this.routes = Map.copyOf(routes);
    }

    static StraightRoutes of(List<Map<RequestMappingInfo, HandlerMethod>> mappings) {
        Map<String, StraightRoute> routes = new HashMap<>();
        Set<String> shared = new HashSet<>();
        for (var mapping : mappings) {
            mapping.forEach((info, handler) -> keysOf(info).forEach((key, pattern) -> {
                Optional<StraightRoute> straight = straight(info, handler, pattern);
                straight.ifPresent(route -> routes.put(key, route));
                if (straight.isEmpty() && !readsOtherBodies(info)) {
                    shared.add(key);
                }
            }));
        }
        routes.keySet().removeAll(shared);
        return new StraightRoutes(routes);
    }

    private static Map<String, PathPattern> keysOf(RequestMappingInfo info) {
        Map<String, PathPattern> keys = new HashMap<>();
        for (RequestMethod method : info.getMethodsCondition().getMethods()) {
            for (PathPattern pattern : info.getPatternsCondition().getPatterns()) {
                keys.put(method + " " + ID.matcher(pattern.getPatternString()).replaceAll("{}"), pattern);
            }
        }
        return keys;
    }

    /** A twin that is told apart by the type of its body leaves JSON to the other. */
    private static boolean readsOtherBodies(RequestMappingInfo info) {
        return info.getConsumesCondition().getConsumableMediaTypes().stream()
                        .noneMatch(type -> type.isCompatibleWith(MediaType.APPLICATION_JSON))
                && !info.getConsumesCondition().isEmpty();
    }

    private static Optional<StraightRoute> straight(
            RequestMappingInfo info, HandlerMethod handler, PathPattern pattern) {
        Method method = handler.getMethod();
        List<Source> sources = sourcesOf(method);
        boolean fits = !readsOtherBodies(info)
                && info.getProducesCondition().isEmpty()
                && info.getParamsCondition().isEmpty()
                && info.getHeadersCondition().isEmpty()
                && answersReady(method.getGenericReturnType())
                && sources.size() == method.getParameterCount()
                && sources.contains(new Source.OfCall())
                && sources.stream().filter(Source.OfPath.class::isInstance).count()
                        == ID.matcher(pattern.getPatternString()).results().count();
        return fits ? Optional.of(new StraightRoute(pattern, method, sources, invoker(handler))) : Optional.empty();
    }

    private static boolean answersReady(Type type) {
        return type instanceof ParameterizedType mono
                && mono.getRawType() == Mono.class
                && mono.getActualTypeArguments()[0] instanceof ParameterizedType entity
                && entity.getRawType() == ResponseEntity.class
                && (entity.getActualTypeArguments()[0] == String.class
                        || entity.getActualTypeArguments()[0] == byte[].class);
    }

    private static List<Source> sourcesOf(Method method) {
        List<Source> sources = new ArrayList<>();
        for (var parameter : method.getParameters()) {
            if (parameter.getType() == Call.class) {
                sources.add(new Source.OfCall());
            } else if (parameter.isAnnotationPresent(RequestBody.class)) {
                sources.add(new Source.OfBody(parameter.getType().asSubclass(Record.class)));
            } else if (parameter.isAnnotationPresent(PathVariable.class) && parameter.getType() == UUID.class) {
                sources.add(new Source.OfPath());
            }
        }
        return sources;
    }

    private static MethodHandle invoker(HandlerMethod handler) {
        Method method = handler.getMethod();
        try {
            method.setAccessible(true);
            return MethodHandles.lookup()
                    .unreflect(method)
                    .bindTo(handler.createWithResolvedBean().getBean())
                    .asSpreader(Object[].class, method.getParameterCount())
                    .asType(MethodType.methodType(Mono.class, Object[].class));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("cannot call " + method, e);
        }
    }

    /** A straight route with the id that the path names, if it names one. */
    record Found(StraightRoute route, @Nullable UUID id) {}

    @Nullable
    Found find(HttpMethod method, String path) {
        StraightRoute literal = routes.get(method.name() + " " + path);
        return literal != null ? new Found(literal, null) : findWithId(method, path);
    }

    /** The id is the one segment of 36 characters. */
    private @Nullable Found findWithId(HttpMethod method, String path) {
        int start = 0;
        while (start < path.length()) {
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            if (end - start == 36) {
                UUID id = idOf(path.substring(start, end));
                StraightRoute route = id == null
                        ? null
                        : routes.get(method.name() + " " + path.substring(0, start) + ANY + path.substring(end));
                return route == null ? null : new Found(route, id);
            }
            start = end + 1;
        }
        return null;
    }

    private static @Nullable UUID idOf(String text) {
        try {
            return Ids.of(text);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }
}
