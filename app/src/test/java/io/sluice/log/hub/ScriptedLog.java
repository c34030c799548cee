package io.sluice.log.hub;

import io.sluice.access.Grant;
import io.sluice.access.Permission;
import io.sluice.access.Principal;
import io.sluice.access.Role;
import io.sluice.log.EventType;
import io.sluice.log.EventTypes;
import io.sluice.log.Head;
import io.sluice.log.LogSource;
import io.sluice.log.Recorded;
import io.sluice.shared.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A log in memory, read through {@link #gate}: pages come when the test lets them. */
final class ScriptedLog implements LogSource {

    static final TenantId TENANT = new TenantId(UUID.fromString("01a1fc05-2cc0-7000-97da-376b44f6364c"));
    static final UUID READER = UUID.fromString("01a1fc05-2cc0-7000-97da-376b44f6364d");
    static final EventTypes TYPES = new EventTypes(List.of(List.of(
            EventType.stateCarrying("stock.changed", Permission.STOCK_READ),
            EventType.of("stock.alert.opened", Permission.STOCK_READ),
            EventType.of("tenant.told", null))));

    final List<Recorded> events = new CopyOnWriteArrayList<>();
    final List<Long> reads = new CopyOnWriteArrayList<>();
    volatile Mono<Void> gate = Mono.empty();

    static Principal reader(Grant... grants) {
        return new Principal(
                TENANT,
                READER,
                UUID.randomUUID(),
                "reader",
                List.of(grants),
                Instant.now(),
                Instant.now().plusSeconds(900));
    }

    static Principal manager() {
        return reader(Grant.of(Role.MANAGER));
    }

    static Recorded event(long position, String type, String subject, String... topics) {
        return sized(position, type, subject, 1, topics);
    }

    static Recorded sized(long position, String type, String subject, int bytes, String... topics) {
        return new Recorded(
                position,
                new UUID(7, position),
                type,
                1,
                List.of(topics),
                subject,
                "{}",
                "{}",
                Instant.EPOCH,
                "{\"text\":\"" + "x".repeat(bytes) + "\"}");
    }

    static LiveEvent live(long position, String type, String subject, String... topics) {
        return LiveEvent.of(event(position, type, subject, topics), TYPES);
    }

    /** {@code stock.changed} of the subject at the next position. */
    Recorded add(String subject) {
        return add(event(events.size() + 1L, "stock.changed", subject, "stock"));
    }

    Recorded add(Recorded event) {
        events.add(event);
        return event;
    }

    List<Recorded> addMany(int count) {
        List<Recorded> added = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            added.add(event(events.size() + 1L + i, "stock.changed", "s" + i, "stock"));
        }
        events.addAll(added);
        return added;
    }

    @Override
    public Mono<Head> head(TenantId tenant) {
        return Mono.just(new Head(events.size(), "", Instant.EPOCH, 1));
    }

    @Override
    public Mono<Map<TenantId, Long>> heads(Collection<TenantId> tenants) {
        return Mono.just(Map.of(TENANT, (long) events.size()));
    }

    @Override
    public Mono<List<Recorded>> page(TenantId tenant, long after, int limit) {
        return Mono.defer(() -> {
                    reads.add(after);
                    return gate;
                })
                .then(Mono.fromSupplier(() -> slice(after, limit)));
    }

    private List<Recorded> slice(long after, int limit) {
        int from = (int) Math.min(after, events.size());
        return List.copyOf(events.subList(from, Math.min(from + limit, events.size())));
    }

    static @Nullable String textOf(String json, String field) {
        int at = json.indexOf("\"" + field + "\":");
        return at < 0
                ? null
                : json.substring(at + field.length() + 3).split("[,}\\]]", 2)[0].replace("\"", "");
    }
}
