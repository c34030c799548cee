package io.sluice.web;

import io.sluice.access.Permission;
import io.sluice.access.Principal;
import io.sluice.shared.Problem;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

/** One authenticated request as a controller sees it: who calls, and the headers that steer a command. */
public record Call(Principal principal, ServerWebExchange exchange) {

    /** The request attribute that holds the principal; only this server itself can set one. */
    public static final String PRINCIPAL = Call.class.getName() + ".principal";

    /** The request attribute that holds the id of the live connection; likewise. */
    public static final String CONNECTION = Call.class.getName() + ".connection";

    static Call of(ServerWebExchange exchange) {
        Principal principal = exchange.getAttribute(PRINCIPAL);
        if (principal == null) {
            throw new Problem.Unauthenticated("unauthenticated", "a bearer token is required");
        }
        return new Call(principal, exchange);
    }

    public Call require(Permission permission) {
        principal.require(permission);
        return this;
    }

    public Call require(Permission permission, UUID location) {
        principal.require(permission, location);
        return this;
    }

    /** Lifts the request's limit: the work grows with what is stored, and ends when the client goes away. */
    public Call withoutLimit() {
        exchange.getAttributes().put(Requests.WITHOUT_LIMIT, true);
        return this;
    }

    public @Nullable String header(String name) {
        return exchange.getRequest().getHeaders().getFirst(name);
    }

    /** The live connection that the call came by; null for a request of HTTP, whatever its headers say. */
    public @Nullable String connection() {
        return (String) exchange.getRequest().getAttributes().get(CONNECTION);
    }

    /** The version named by {@code If-Match}; 428 without it. */
    public long requiredVersion() {
        String tag = header(HttpHeaders.IF_MATCH);
        if (tag == null) {
            throw new Problem.VersionRequired();
        }
        return version(tag);
    }

    private static long version(String tag) {
        String digits = tag.startsWith("\"") && tag.endsWith("\"") && tag.length() > 2
                ? tag.substring(1, tag.length() - 1)
                : tag;
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException _) {
            throw Problem.Invalid.field("If-Match", "wrong-type", "an ETag such as \"3\" is expected");
        }
    }

    /** As {@code Idempotency-Key}: 1 to 255 printable characters; null when absent. */
    public @Nullable String idempotencyKey() {
        String key = header("Idempotency-Key");
        if (key != null && (key.isBlank() || key.length() > 255)) {
            throw Problem.Invalid.field("Idempotency-Key", "out-of-range", "has 1 to 255 characters");
        }
        return key;
    }

    /** Method and path pattern, as they stand in causes, keys and metrics. */
    public String route() {
        return Routes.nameOf(exchange);
    }
}
