package io.sluice.access.postgres;

import io.r2dbc.spi.Readable;
import io.sluice.access.Tenant;
import io.sluice.access.TenantStatus;
import io.sluice.access.Tenants;
import io.sluice.log.Event;
import io.sluice.log.Ledger;
import io.sluice.postgres.Database;
import io.sluice.postgres.Failures;
import io.sluice.postgres.PoolName;
import io.sluice.postgres.Rows;
import io.sluice.shared.Problem;
import io.sluice.shared.TenantId;
import java.util.Map;
import reactor.core.publisher.Mono;

/** Tenants as their own rows show them. */
final class PostgresTenants implements Tenants {

    private static final String COLUMNS =
            "SELECT tenant_id, slug, name, status, locale, time_zone, currency, version FROM tenant";

    private final Database database;
    private final Ledger ledger;

    PostgresTenants(Database database, Ledger ledger) {
        this.database = database;
        this.ledger = ledger;
    }

    @Override
    public Mono<Tenant> findBySlug(String slug) {
        return database.untenanted(
                        PoolName.READS,
                        Map.of("app.tenant_slug", slug),
                        session -> session.one(COLUMNS + " WHERE slug = $1", PostgresTenants::toTenant, slug))
                .next();
    }

    @Override
    public Mono<Tenant> findOwn() {
        return database.read(session -> session.one(
                        COLUMNS + " WHERE tenant_id = $1",
                        PostgresTenants::toTenant,
                        session.caller().tenant().value()))
                .next();
    }

    private static Tenant toTenant(Readable row) {
        return new Tenant(
                new TenantId(Rows.uuid(row, "tenant_id")),
                Rows.text(row, "slug"),
                Rows.text(row, "name"),
                TenantStatus.valueOf(Rows.text(row, "status")),
                Rows.text(row, "locale"),
                Rows.text(row, "time_zone"),
                Rows.text(row, "currency"),
                Rows.number(row, "version"));
    }

    @Override
    public Mono<Void> create(Tenant tenant, Event event) {
        return database.withSession(session -> session.update(
                                "INSERT INTO tenant (tenant_id, slug, name, status) VALUES ($1, $2, $3, $4)",
                                tenant.id().value(),
                                tenant.slug(),
                                tenant.name(),
                                tenant.status())
                        .then(session.update(
                                "INSERT INTO tenant_log (tenant_id) VALUES ($1)",
                                tenant.id().value())))
                .onErrorMap(
                        error -> Failures.duplicate(error).isPresent(),
                        _ -> new Problem.Conflict("duplicate", "a tenant " + tenant.slug() + " exists"))
                .then(ledger.append(event));
    }

    @Override
    public Mono<Void> store(Tenant tenant, Event event) {
        return database.withSession(session ->
                        session.update("""
                        UPDATE tenant SET name = $2, status = $3, version = $4, updated_at = now()
                        WHERE tenant_id = $1 AND version = $4 - 1
                        """, tenant.id().value(), tenant.name(), tenant.status(), tenant.version()))
                .filter(changed -> changed == 1)
                .switchIfEmpty(Mono.error(() -> new Problem.Stale(tenant.version())))
                .then(ledger.append(event));
    }
}
