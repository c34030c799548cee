package io.sluice.access;

import io.sluice.shared.Problem;
import io.sluice.shared.TenantId;
import java.util.UUID;

/** One customer. */
public record Tenant(
        TenantId id,
        String slug,
        String name,
        TenantStatus status,
        String locale,
        String timeZone,
        String currency,
        long version) {

    /** The built-in tenant of those who run the server. */
    public static final String PLATFORM = "platform";

    /** Stands for every tenant that does not exist, so that a login there runs the same way. */
    static final Tenant NOWHERE = create(new TenantId(new UUID(0, 0)), "", "");

    public static Tenant create(TenantId id, String slug, String name) {
        return new Tenant(id, slug, name, TenantStatus.ACTIVE, "en", "UTC", "EUR", 1);
    }

    public boolean isPlatform() {
        return slug.equals(PLATFORM);
    }

    boolean isNowhere() {
        return this == NOWHERE;
    }

    Tenant moved(TenantStatus from, TenantStatus to) {
        if (status == to) {
            return this;
        }
        if (status != from) {
            throw new Problem.Conflict("illegal-transition", "a tenant that is " + status + " cannot become " + to);
        }
        return new Tenant(id, slug, name, to, locale, timeZone, currency, version + 1);
    }
}
