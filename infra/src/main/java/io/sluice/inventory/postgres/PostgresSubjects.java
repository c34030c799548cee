package io.sluice.inventory.postgres;

import io.sluice.log.Caller;
import io.sluice.log.Subjects;
import io.sluice.log.Topic;
import io.sluice.postgres.Database;
import io.sluice.postgres.Rows;
import io.sluice.shared.TenantId;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** Looks which subjects of topics exist, all with one statement. */
final class PostgresSubjects implements Subjects {

    private static final String SQL = """
            SELECT 'location' AS kind, id FROM location WHERE tenant_id = $1 AND id = ANY ($2)
            UNION ALL SELECT 'part', id FROM part WHERE tenant_id = $1 AND id = ANY ($3)
            UNION ALL SELECT 'category', id FROM category WHERE tenant_id = $1 AND id = ANY ($4)
            UNION ALL SELECT 'alert', id FROM stock_alert WHERE tenant_id = $1 AND id = ANY ($5)
                AND ($6::uuid[] IS NULL OR location_id = ANY ($6::uuid[]))
            UNION ALL SELECT 'job', id FROM import WHERE tenant_id = $1 AND id = ANY ($7)
                AND ($8::text IS NULL OR requested_by = $8)
            """;

    private final Database database;

    PostgresSubjects(Database database) {
        this.database = database;
    }

    @Override
    public Mono<Set<Topic>> existing(
            TenantId tenant, Set<Topic> wished, @Nullable Set<UUID> locations, @Nullable UUID account) {
        Map<Topic.Kind, UUID[]> ids = wished.stream()
                .filter(PostgresSubjects::namesSubject)
                .collect(Collectors.groupingBy(
                        Topic::kind,
                        Collectors.collectingAndThen(
                                Collectors.mapping(Topic::uuid, Collectors.toList()),
                                all -> all.toArray(UUID[]::new))));
        return database.read(session -> session.all(
                        SQL,
                        row -> Topic.parse(Rows.text(row, "kind") + ":" + Rows.uuid(row, "id"))
                                .orElseThrow(),
                        tenant.value(),
                        ids.getOrDefault(Topic.Kind.LOCATION, NONE),
                        ids.getOrDefault(Topic.Kind.PART, NONE),
                        ids.getOrDefault(Topic.Kind.CATEGORY, NONE),
                        ids.getOrDefault(Topic.Kind.ALERT, NONE),
                        locations == null ? null : locations.toArray(UUID[]::new),
                        ids.getOrDefault(Topic.Kind.JOB, NONE),
                        account == null ? null : account.toString()))
                .collect(Collectors.toCollection(() -> withoutSubject(wished)))
                .<Set<Topic>>map(found -> found)
                .contextWrite(Context.of(Caller.class, Caller.system(tenant, "topics")));
    }

    private static final UUID[] NONE = {};

    private static HashSet<Topic> withoutSubject(Set<Topic> wished) {
        return wished.stream().filter(topic -> !namesSubject(topic)).collect(Collectors.toCollection(HashSet::new));
    }

    private static boolean namesSubject(Topic topic) {
        return switch (topic.kind()) {
            case TENANT, SYSTEM, STOCK, USER, ROLE -> false;
            case LOCATION, PART, CATEGORY, ALERT, JOB -> !topic.isWildcard();
        };
    }
}
