package io.sluice.access;

import io.sluice.log.Caller;
import io.sluice.log.Ledger;
import io.sluice.shared.Ids;
import io.sluice.shared.TenantId;
import reactor.core.publisher.Mono;

/** Opens, suspends and resumes tenants, each in a unit of work of the tenant itself. */
public final class TenantAdministration {

    private final Tenants tenants;
    private final Ledger ledger;

    public TenantAdministration(Tenants tenants, Ledger ledger) {
        this.tenants = tenants;
        this.ledger = ledger;
    }

    public Mono<Tenant> open(String slug, String name) {
        return Mono.fromSupplier(() -> Tenant.create(new TenantId(Ids.next()), slug, name))
                .flatMap(tenant -> committed(
                        tenant.id(),
                        tenants.create(tenant, AccessEvents.tenantCreated(tenant))
                                .thenReturn(tenant)));
    }

    /** Its logins are refused, its tokens and streams end. */
    public Mono<Tenant> suspend(TenantId tenant) {
        return committed(tenant, moved(TenantStatus.ACTIVE, TenantStatus.SUSPENDED));
    }

    public Mono<Tenant> resume(TenantId tenant) {
        return committed(tenant, moved(TenantStatus.SUSPENDED, TenantStatus.ACTIVE));
    }

    private Mono<Tenant> moved(TenantStatus from, TenantStatus to) {
        return tenants.requireOwn().flatMap(tenant -> store(tenant, tenant.moved(from, to)));
    }

    private Mono<Tenant> store(Tenant before, Tenant after) {
        return before == after
                ? Mono.just(after)
                : tenants.store(after, AccessEvents.tenantStatusChanged(before, after))
                        .thenReturn(after);
    }

    private Mono<Tenant> committed(TenantId tenant, Mono<Tenant> work) {
        return ledger.commit(work)
                .map(done -> done.answer())
                .contextWrite(context -> context.put(Caller.class, Caller.system(tenant, "tenants")));
    }
}
