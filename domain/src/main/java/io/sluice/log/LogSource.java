package io.sluice.log;

import io.sluice.shared.TenantId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/** The log as this node's tail reads it: for any tenant, without a caller. */
public interface LogSource {

    Mono<Head> head(TenantId tenant);

    /** Last positions of many tenants with one statement; tenants that do not exist are left out. */
    Mono<Map<TenantId, Long>> heads(Collection<TenantId> tenants);

    /** Up to {@code limit} events after the position, in order; empty at the end. */
    Mono<List<Recorded>> page(TenantId tenant, long after, int limit);
}
