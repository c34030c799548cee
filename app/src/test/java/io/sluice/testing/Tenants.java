package io.sluice.testing;

import io.sluice.access.Tenant;
import io.sluice.access.TenantAdministration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes tenants that no other test knows. */
public final class Tenants {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private Tenants() {}

    /** A new tenant on the shared server, with an administrator who is signed in. */
    public static TestTenant fresh() {
        Server server = Server.shared();
        String slug = "test-" + COUNT.incrementAndGet();
        Tenant tenant = Objects.requireNonNull(
                server.bean(TenantAdministration.class).open(slug, "Test").block());
        return new TestTenant(server, tenant.id(), slug);
    }
}
