package io.sluice.web;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** The browser origins that may talk to this server; whoever is no browser sends none. */
@Component
public final class AllowedOrigins {

    private final Set<String> listed;

    AllowedOrigins(@Value("${sluice.web.origins:}") List<String> listed) {
        this.listed = Set.copyOf(listed);
    }

    public boolean allows(@Nullable String origin) {
        return origin == null || listed.contains(origin);
    }

    /** The server's own pages may as well; clients that are no browsers send the server's address as their origin. */
    public boolean allows(@Nullable String origin, @Nullable String host) {
        return allows(origin) || (host != null && origin != null && isOf(origin, host));
    }

    private static boolean isOf(String origin, String host) {
        int at = origin.indexOf("://");
        return at > 0 && origin.substring(at + 3).equalsIgnoreCase(host);
    }
}
