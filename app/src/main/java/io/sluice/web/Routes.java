package io.sluice.web;

import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.pattern.PathPattern;

/** The name of a route: method and path pattern, of bounded number. */
final class Routes {

    private Routes() {}

    static String nameOf(ServerWebExchange exchange) {
        PathPattern pattern = exchange.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        return exchange.getRequest().getMethod() + " " + (pattern == null ? "unknown" : pattern.getPatternString());
    }
}
