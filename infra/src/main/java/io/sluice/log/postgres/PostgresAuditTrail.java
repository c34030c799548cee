package io.sluice.log.postgres;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.log.AuditTrail;
import io.sluice.log.Caller;
import io.sluice.log.Event;
import io.sluice.log.hot.HotCommands;
import io.sluice.log.postgres.Appender.Draft;
import io.sluice.shared.TenantId;
import java.util.Collections;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** Entries share transactions, since reads are many and each entry takes the lock of the tenant's head. */
final class PostgresAuditTrail implements AuditTrail {

    private static final int WAITING = 10_000;
    private static final int A_TRANSACTION = 500;

    private final PostgresLedger ledger;
    private final HotCommands<Draft, Boolean> queue;

    PostgresAuditTrail(PostgresLedger ledger, MeterRegistry meters) {
        this.ledger = ledger;
        this.queue = new HotCommands<>("audit", this::appended, _ -> 1, WAITING, A_TRANSACTION, meters);
    }

    HotCommands<Draft, Boolean> queue() {
        return queue;
    }

    @Override
    public Mono<Void> leave(Event entry) {
        return Mono.deferContextual(context -> leave(entry, context.get(Caller.class)))
                .then();
    }

    private Mono<Boolean> leave(Event entry, Caller caller) {
        return queue.submit(caller.tenant(), new Draft(caller, entry));
    }

    private Mono<List<Boolean>> appended(TenantId tenant, List<Draft> entries) {
        return ledger.append(entries)
                .thenReturn(Collections.nCopies(entries.size(), true))
                .contextWrite(Context.of(Caller.class, Caller.system(tenant, "audit")));
    }
}
