package io.sluice.web;

import io.sluice.access.Principal;
import io.sluice.access.Tickets;
import io.sluice.log.Caller;
import io.sluice.log.Cause;
import io.sluice.shared.Problem;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Mono;

/**
 * Every route but the open ones answers 401 without a valid identity, before anything else happens. What passes has
 * its {@link Principal} in the exchange and its {@link Caller} in the Reactor context.
 */
@Component
@Order(-10)
final class IdentityFilter implements WebFilter {

    private static final List<String> OPEN =
            List.of("/api/auth/login", "/api/auth/refresh", "/openapi", "/health", "/.well-known/jwks.json");
    private static final String TICKET = "ticket";
    private static final String MIN_POSITION = "Sluice-Min-Position";

    private final Identities identities;
    private final Tickets tickets;
    private final Positions positions;

    IdentityFilter(Identities identities, Tickets tickets, Positions positions) {
        this.identities = identities;
        this.tickets = tickets;
        this.positions = positions;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        if (isOpen(request)) {
            return chain.filter(exchange);
        }
        if (request.getQueryParams().containsKey("access_token")) {
            return Mono.error(
                    new Problem.Unauthenticated("token-in-url", "send the token in a header, never in a URL"));
        }
        if (request.getAttributes().get(Call.PRINCIPAL) instanceof Principal known) {
            return passed(exchange, chain, known);
        }
        String token = bearer(request);
        if (token == null) {
            String ticket = ticket(request);
            if (ticket != null) {
                return tickets.redeem(ticket)
                        .flatMap(identities::require)
                        .flatMap(principal -> passed(withoutTicket(exchange), chain, principal));
            }
            return Mono.error(new Problem.Unauthenticated("unauthenticated", "a bearer token is required"));
        }
        return identities.require(token).flatMap(principal -> passed(exchange, chain, principal));
    }

    /** Only streams are opened by clients that can send no headers. */
    private static @Nullable String ticket(ServerHttpRequest request) {
        return request.getPath().value().equals("/api/streams")
                ? request.getQueryParams().getFirst(TICKET)
                : null;
    }

    private static ServerWebExchange withoutTicket(ServerWebExchange exchange) {
        URI uri = UriComponentsBuilder.fromUri(exchange.getRequest().getURI())
                .replaceQueryParam(TICKET)
                .build(true)
                .toUri();
        return exchange.mutate().request(request -> request.uri(uri)).build();
    }

    private Mono<Void> passed(ServerWebExchange exchange, WebFilterChain chain, Principal principal) {
        exchange.getAttributes().put(Call.PRINCIPAL, principal);
        String position = exchange.getRequest().getHeaders().getFirst(MIN_POSITION);
        Mono<Void> answered = position == null || !reads(exchange.getRequest())
                ? chain.filter(exchange)
                : positions.await(principal.tenant(), position).then(chain.filter(exchange));
        return answered.contextWrite(context -> context.put(Caller.class, callerOf(exchange, principal)));
    }

    private static boolean reads(ServerHttpRequest request) {
        return request.getMethod() == HttpMethod.GET || request.getMethod() == HttpMethod.HEAD;
    }

    private static Caller callerOf(ServerWebExchange exchange, Principal principal) {
        RequestIdentity identity = RequestIdentity.of(exchange);
        String route = exchange.getRequest().getMethod() + " "
                + exchange.getRequest().getPath().value();
        String connection = exchange.getRequest().getHeaders().getFirst("Sluice-Connection");
        return new Caller(
                principal.tenant(),
                principal.actor(),
                new Cause(identity.requestId(), identity.traceId(), route, connectionOf(connection)));
    }

    /** The streaming connection that sends the command, so that it can leave out its own echo. */
    private static @Nullable String connectionOf(@Nullable String header) {
        return header != null && header.length() == 36 ? header : null;
    }

    private static boolean isOpen(ServerHttpRequest request) {
        if (request.getMethod() == HttpMethod.OPTIONS) {
            return true;
        }
        String path = request.getPath().value();
        for (String open : OPEN) {
            if (path.equals(open) || (path.startsWith(open) && path.charAt(open.length()) == '/')) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable String bearer(ServerHttpRequest request) {
        String header = request.getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
        return header != null && header.regionMatches(true, 0, "Bearer ", 0, 7)
                ? header.substring(7).strip()
                : null;
    }
}
