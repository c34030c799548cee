package io.sluice.log.postgres;

import io.sluice.log.Caller;
import io.sluice.log.EventLog;
import io.sluice.log.Head;
import io.sluice.log.LogSource;
import io.sluice.log.Recorded;
import io.sluice.postgres.Database;
import io.sluice.postgres.PoolName;
import io.sluice.postgres.Rows;
import io.sluice.shared.TenantId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** Reads logs for the tail. */
final class PostgresLogSource implements LogSource {

    private final Database database;
    private final EventLog log;

    PostgresLogSource(Database database, EventLog log) {
        this.database = database;
        this.log = log;
    }

    @Override
    public Mono<Head> head(TenantId tenant) {
        return log.head().contextWrite(as(tenant));
    }

    @Override
    public Mono<Map<TenantId, Long>> heads(Collection<TenantId> tenants) {
        if (tenants.isEmpty()) {
            return Mono.just(Map.of());
        }
        String followed = tenants.stream().map(TenantId::toString).collect(Collectors.joining(","));
        return database.untenanted(
                        PoolName.OPS,
                        Map.of("app.followed", followed),
                        session -> session.all(
                                "SELECT tenant_id, head FROM tenant_log",
                                row -> Map.entry(new TenantId(Rows.uuid(row, "tenant_id")), Rows.number(row, "head"))))
                .collectMap(Map.Entry::getKey, Map.Entry::getValue);
    }

    @Override
    public Mono<List<Recorded>> page(TenantId tenant, long after, int limit) {
        return log.after(after, limit).collectList().contextWrite(as(tenant));
    }

    private static Context as(TenantId tenant) {
        return Context.of(Caller.class, Caller.system(tenant, "tail"));
    }
}
