package io.sluice.access.web;

import io.sluice.access.Origin;
import io.sluice.log.Cause;
import io.sluice.web.ClientAddress;
import io.sluice.web.RequestIdentity;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;

/** Where a request without an identity comes from. */
@Component
final class Origins {

    private static final int LONGEST = 300;

    private final ClientAddress addresses;

    Origins(ClientAddress addresses) {
        this.addresses = addresses;
    }

    Origin of(ServerWebExchange exchange) {
        RequestIdentity identity = RequestIdentity.of(exchange);
        String route = exchange.getRequest().getMethod() + " "
                + exchange.getRequest().getPath().value();
        String agent = exchange.getRequest().getHeaders().getFirst(HttpHeaders.USER_AGENT);
        return new Origin(
                new Cause(identity.requestId(), identity.traceId(), route, null),
                addresses.of(exchange.getRequest()),
                agent == null || agent.length() <= LONGEST ? agent : agent.substring(0, LONGEST));
    }
}
