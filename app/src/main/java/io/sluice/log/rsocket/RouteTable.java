package io.sluice.log.rsocket;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.http.HttpMethod;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.reactive.result.method.RequestMappingInfo;

/**
 * The RSocket names of the HTTP routes: {@code parts.list}, {@code parts.create}, {@code parts.get},
 * {@code parts.change}, {@code parts.delete} for a resource itself, {@code parts.stock} for what hangs under it, and a
 * few that the trade names otherwise. Every route goes by {@code "GET /api/parts/{id}"}, too.
 */
final class RouteTable {

    /** An HTTP route by its method and path pattern. */
    record Route(HttpMethod method, String pattern) {

        @Override
        public String toString() {
            return method + " " + pattern;
        }
    }

    private static final Map<String, Route> NAMED = Map.of(
            "stock.query", new Route(HttpMethod.GET, "/api/stock"),
            "stock.summary", new Route(HttpMethod.GET, "/api/inventory/summary"),
            "movements.post", new Route(HttpMethod.POST, "/api/movements"),
            "movements.stream", new Route(HttpMethod.POST, "/api/movements"));
    private static final Set<String> WITHOUT_TWIN = Set.of("/api/streams");
    private static final String API = "/api/";

    private final Map<String, Route> routes = new TreeMap<>();

    RouteTable(Iterable<RequestMappingInfo> mappings) {
        Map<String, Route> derived = new HashMap<>();
        for (RequestMappingInfo mapping : mappings) {
            for (String pattern : mapping.getPatternsCondition().getPatterns().stream()
                    .map(Object::toString)
                    .toList()) {
                if (pattern.startsWith(API) && !WITHOUT_TWIN.contains(pattern)) {
                    for (RequestMethod method : mapping.getMethodsCondition().getMethods()) {
                        add(derived, new Route(method.asHttpMethod(), pattern));
                    }
                }
            }
        }
        routes.putAll(derived);
        routes.putAll(NAMED);
    }

    private static void add(Map<String, Route> routes, Route route) {
        routes.put(route.toString(), route);
        routes.putIfAbsent(nameOf(route), route);
    }

    private static String nameOf(Route route) {
        StringBuilder name = new StringBuilder();
        boolean endsInVariable = false;
        for (String step : route.pattern().substring(API.length()).split("/")) {
            endsInVariable = step.startsWith("{");
            if (!endsInVariable) {
                name.append(name.isEmpty() ? "" : ".").append(step);
            }
        }
        boolean isResource = endsInVariable || name.indexOf(".") < 0;
        return (isResource ? name.append('.').append(verb(route.method(), endsInVariable)) : name).toString();
    }

    private static String verb(HttpMethod method, boolean one) {
        return switch (method.name()) {
            case "GET" -> one ? "get" : "list";
            case "POST" -> "create";
            case "PATCH" -> "change";
            case "PUT" -> "put";
            default -> method.name().toLowerCase(Locale.ROOT);
        };
    }

    Optional<Route> find(String name) {
        return Optional.ofNullable(routes.get(name));
    }

    Map<String, Route> all() {
        return routes;
    }
}
