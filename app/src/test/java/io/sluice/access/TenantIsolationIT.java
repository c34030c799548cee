package io.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.postgres.Database;
import io.sluice.postgres.PoolName;
import io.sluice.postgres.Rows;
import io.sluice.testing.Server;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Every table with a tenant, those of other features included. */
class TenantIsolationIT {

    private final Database database = Server.shared().bean(Database.class);

    private record Table(String name, boolean forced, boolean readable) {}

    @Test
    void forcesRowSecurityOnEveryTableOfATenant() {
        assertThat(tables()).extracting(Table::name).contains("tenant", "account", "session", "event", "tenant_log");
        assertThat(tables()).allMatch(Table::forced);
    }

    @Test
    void showsNoRowOfATenantToAnother() {
        TestTenant one = Tenants.fresh();
        TestTenant other = Tenants.fresh();

        assertThat(counts(other, "tenant_id = '" + one.id() + "'"))
                .allSatisfy((_, rows) -> assertThat(rows).isZero());
        assertThat(counts(other, "tenant_id <> '" + other.id() + "'"))
                .allSatisfy((_, rows) -> assertThat(rows).isZero());
        assertThat(counts(one, "true").get("account")).isEqualTo(1);
    }

    @Test
    void showsNoRowWithoutATenant() {
        Tenants.fresh();

        for (Table table : readable()) {
            Long rows = database.<Long>untenanted(
                            PoolName.READS,
                            Map.of(),
                            session -> session.one(
                                    "SELECT count(*) AS n FROM " + table.name(), row -> Rows.number(row, "n")))
                    .blockFirst();
            assertThat(rows).as(table.name()).isZero();
        }
    }

    private Map<String, Long> counts(TestTenant as, String condition) {
        Flux<Map.Entry<String, Long>> counts = Flux.fromIterable(readable())
                .concatMap(table -> database.<Long>read(session -> session.one(
                                "SELECT count(*) AS n FROM " + table.name() + " WHERE " + condition,
                                row -> Rows.number(row, "n")))
                        .map(rows -> Map.entry(table.name(), rows)));
        Mono<Map<String, Long>> collected = counts.collectMap(Map.Entry::getKey, Map.Entry::getValue);
        return as.inside(collected);
    }

    private List<Table> readable() {
        return tables().stream().filter(Table::readable).toList();
    }

    private List<Table> tables() {
        return Objects.requireNonNull(database.<Table>untenanted(
                        PoolName.READS,
                        Map.of(),
                        session -> session.all(
                                """
                                SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced,
                                       has_table_privilege(c.oid, 'SELECT') AS readable
                                FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
                                WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
                                ORDER BY c.relname
                                """,
                                row -> new Table(
                                        Rows.text(row, "name"),
                                        Rows.truth(row, "forced"),
                                        Rows.truth(row, "readable"))))
                .collectList()
                .block());
    }
}
