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

    /** As {@link #allows(String)}; a page of this very server, which sends an origin with its POSTs, is at home. */
    public boolean allows(@Nullable String origin, @Nullable String host) {
        return allows(origin) || (host != null && isHome(origin, host));
    }

    private static boolean isHome(@Nullable String origin, String host) {
        return origin != null
                && origin.endsWith("://" + host)
                && origin.indexOf("://") == origin.length() - host.length() - 3;
    }
}
