package io.sluice.web;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;

/** Where a request comes from: {@code X-Forwarded-For} counts only from listed proxies. */
@Component
public final class ClientAddress {

    private final Set<String> proxies;

    ClientAddress(@Value("${sluice.streams.proxies:}") List<String> proxies) {
        this.proxies = Set.copyOf(proxies);
    }

    public String of(ServerHttpRequest request) {
        return of(request.getRemoteAddress(), request.getHeaders().getOrEmpty("X-Forwarded-For"));
    }

    /** The last hop that is not one of our proxies; a header that comes several times is one list (RFC 9110, 5.3). */
    public String of(@Nullable InetSocketAddress remote, List<String> forwarded) {
        String address = remote == null || remote.getAddress() == null
                ? "unknown"
                : remote.getAddress().getHostAddress();
        if (forwarded.isEmpty() || !proxies.contains(address)) {
            return address;
        }
        String[] hops = String.join(",", forwarded).split(",");
        for (int i = hops.length - 1; i >= 0; i--) {
            address = hops[i].strip();
            if (!proxies.contains(address)) {
                return address;
            }
        }
        return address;
    }
}
