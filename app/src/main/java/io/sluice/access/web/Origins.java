package io.sluice.access.web;

import io.sluice.access.Origin;
import io.sluice.log.Cause;
import io.sluice.web.RequestIdentity;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

/** Where a request without an identity comes from. */
final class Origins {

    private static final int LONGEST = 300;

    private Origins() {}

    static Origin of(ServerWebExchange exchange) {
        RequestIdentity identity = RequestIdentity.of(exchange);
        String route = exchange.getRequest().getMethod() + " "
                + exchange.getRequest().getPath().value();
        String agent = exchange.getRequest().getHeaders().getFirst(HttpHeaders.USER_AGENT);
        return new Origin(
                new Cause(identity.requestId(), identity.traceId(), route, null),
                addressOf(exchange.getRequest().getRemoteAddress()),
                agent == null || agent.length() <= LONGEST ? agent : agent.substring(0, LONGEST));
    }

    private static String addressOf(@Nullable InetSocketAddress peer) {
        return peer == null || peer.getAddress() == null
                ? "unknown"
                : peer.getAddress().getHostAddress();
    }
}
