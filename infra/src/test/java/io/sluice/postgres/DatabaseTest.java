package io.sluice.postgres;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.sluice.log.Caller;
import io.sluice.shared.Problem;
import io.sluice.shared.TenantId;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.util.retry.Retry;

/** Transactions on a small pool: three connections for reads, half a second for a statement. */
class DatabaseTest {

    private static final UUID PLATFORM = UUID.fromString("00000000-0000-7000-8000-000000000001");
    private static final Duration STATEMENT_LIMIT = Duration.ofMillis(500);
    private static final Duration ACQUIRE_LIMIT = Duration.ofMillis(700);

    @TempDir
    private static Path home;

    private static final SimpleMeterRegistry METERS = new SimpleMeterRegistry();

    private static EmbeddedPostgresServer server;
    private static Pools pools;
    private static Database database;

    @BeforeAll
    static void open() {
        server = EmbeddedPostgresServer.start(
                home, Map.of("fsync", "off", "synchronous_commit", "off", "full_page_writes", "off"));
        var settings = settings(Duration.ofSeconds(30), Duration.ofMinutes(5));
        Migration.run(server.url(), settings);
        pools = new Pools(settings, server.url(), METERS);
        database = database(settings);
    }

    private static DatabaseSettings settings(Duration heldReport, Duration heldLimit) {
        var size = new DatabaseSettings.PoolSize(0, 3);
        return new DatabaseSettings(
                null,
                null,
                "prefer",
                null,
                null,
                null,
                ACQUIRE_LIMIT,
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                STATEMENT_LIMIT,
                Duration.ofSeconds(5),
                heldReport,
                heldLimit,
                Map.of("reads", size, "commands", size));
    }

    private static Database database(DatabaseSettings settings) {
        var meters = new DatabaseMeters(METERS);
        var holdings = new Holdings(settings, meters);
        holdings.start();
        return new Database(pools, holdings, settings, meters);
    }

    @AfterAll
    static void close() throws Exception {
        pools.close().block();
        server.close();
    }

    @AfterEach
    void leavesNothingBehind() {
        Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            assertThat(pools.figures(PoolName.READS)).matches(it -> it.inUse() == 0 && it.waiting() == 0);
            assertThat(pools.figures(PoolName.COMMANDS)).matches(it -> it.inUse() == 0 && it.waiting() == 0);
            assertThat(count("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'sluice-%'"
                            + " AND state <> 'idle'"))
                    .isZero();
        });
    }

    @Test
    void cancelsAStatementPastItsLimitAndTakesItsConnectionBackClean() {
        Instant start = Instant.now();

        sleep("60")
                .as(StepVerifier::create)
                .expectErrorSatisfies(error -> {
                    assertThat(error).isInstanceOf(Problem.TimedOut.class);
                    assertThat(((Problem) error).code()).isEqualTo("query-timeout");
                    assertThat(error).hasMessageContaining("500 ms");
                })
                .verify(Duration.ofSeconds(5));

        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(4));
        assertThat(tenantOfTheSession()).isEqualTo(PLATFORM.toString());
    }

    @Test
    void holdsNoConnectionAfterAThousandFailingStatements() {
        Flux.range(0, 1_000)
                .flatMap(
                        n -> asPlatform(database.read(session -> session.one(
                                        n % 2 == 0 ? "SELECT 1 / 0" : "SELECT no_such_column", row -> row.get(0))))
                                .onErrorResume(_ -> Mono.empty()),
                        3)
                .as(StepVerifier::create)
                .expectComplete()
                .verify(Duration.ofSeconds(60));

        assertThat(tenantOfTheSession()).isEqualTo(PLATFORM.toString());
    }

    @Test
    void rollsBackAWriteThatFails() {
        asPlatform(database.<Long>write(PoolName.COMMANDS, session -> session.update("UPDATE tenant SET name = 'X'")
                        .then(Mono.error(new IllegalStateException()))))
                .as(StepVerifier::create)
                .verifyError(IllegalStateException.class);

        assertThat(name()).isEqualTo("Platform");
    }

    @Test
    void refusesToWriteWithinARead() {
        asPlatform(database.read(session -> session.update("UPDATE tenant SET name = 'X'")))
                .as(StepVerifier::create)
                .verifyError();

        assertThat(name()).isEqualTo("Platform");
    }

    @Test
    void answersAnExhaustedPoolWithinItsLimitNamingIt() {
        List<Disposable> holders = List.of(hold(), hold(), hold());
        Awaitility.await().until(() -> pools.figures(PoolName.READS).inUse() == 3);
        Instant start = Instant.now();

        sleep("0")
                .as(StepVerifier::create)
                .expectErrorSatisfies(error -> {
                    assertThat(error).isInstanceOf(Problem.Unavailable.class).hasMessageContaining("reads");
                    assertThat(((Problem.Unavailable) error).code()).isEqualTo("pool-exhausted");
                    assertThat(((Problem.Unavailable) error).retryAfter()).isPositive();
                })
                .verify(Duration.ofSeconds(5));

        assertThat(Duration.between(start, Instant.now())).isBetween(Duration.ofMillis(300), Duration.ofSeconds(3));
        Flux.range(0, 40)
                .flatMap(_ -> sleep("0").materialize(), 40)
                .as(StepVerifier::create)
                .thenConsumeWhile(it -> it.getThrowable() instanceof Problem problem
                        && problem.code().equals("pool-exhausted"))
                .expectComplete()
                .verify(Duration.ofSeconds(10));
        holders.forEach(Disposable::dispose);
    }

    @Test
    void reportsAConnectionThatIsHeldAndTakesItBackAtTheLimit() {
        Database impatient = database(settings(Duration.ofMillis(200), Duration.ofSeconds(1)));
        double before = counted("sluice_db_leaks_total");

        asPlatform(impatient.read(session -> session.one("SELECT 1 AS one", row -> Rows.integer(row, "one"))
                        .then(Mono.never())))
                .as(StepVerifier::create)
                .expectErrorSatisfies(error ->
                        assertThat(error).isInstanceOf(Problem.TimedOut.class).hasMessageContaining("1000 ms"))
                .verify(Duration.ofSeconds(10));

        assertThat(counted("sluice_db_leaks_total") - before).isEqualTo(1);
        assertThat(tenantOfTheSession()).isEqualTo(PLATFORM.toString());
    }

    @Test
    void countsWhatHappensOnceEach() {
        List<String> types = List.of("query", "error", "begin", "commit", "rollback", "release");
        Map<String, Double> before = types.stream().collect(toMap(type -> type, DatabaseTest::happened));

        name();
        asPlatform(database.read(session -> session.one("SELECT 1 / 0", row -> row.get(0))))
                .as(StepVerifier::create)
                .verifyError();

        assertThat(types.stream().map(type -> happened(type) - before.getOrDefault(type, 0.0)))
                .containsExactly(2.0, 1.0, 2.0, 1.0, 1.0, 2.0);
    }

    @Test
    void countsAStatementThatIsAnsweredLate() {
        double before = counted("sluice_db_slow_total", "level", "debug");

        sleep("0.2").blockLast();

        assertThat(counted("sluice_db_slow_total", "level", "debug") - before).isEqualTo(1);
    }

    private static double happened(String type) {
        return counted("sluice_db_events_total", "type", type);
    }

    private static double counted(String name, String... tags) {
        return METERS.get(name).tags(tags).counter().count();
    }

    @Test
    void refusesWorkWithoutATenant() {
        database.read(session -> session.one("SELECT 1", row -> row.get(0)))
                .as(StepVerifier::create)
                .expectErrorMatches(error -> error instanceof Problem.Unauthenticated problem
                        && problem.code().equals("no-tenant"))
                .verify();
    }

    @Test
    void showsNoRowOfAnyTableToTheApplicationsRoleWithoutATenant() throws SQLException {
        for (String table : tables()) {
            assertThat(rowsWithoutTenant(table)).as(table).isZero();
        }

        assertThat(tables()).contains("tenant", "event", "stock", "movement", "command_key");
        assertThat(count("SELECT count(*) FROM tenant")).isPositive();
    }

    @Test
    void keepsRowLevelSecurityForcedOnEveryTableOfATenant() {
        assertThat(count("""
                        SELECT count(*) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                        WHERE a.attname = 'tenant_id' AND c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
                          AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
                        """)).isZero();
    }

    @Test
    void setsTheTenantForTheTransactionAlone() {
        asPlatform(database.read(session -> session.one("SELECT 1 AS one", row -> Rows.integer(row, "one"))))
                .blockLast();

        assertThat(database.untenanted(
                                PoolName.READS,
                                Map.of(),
                                session -> session.one(
                                        "SELECT coalesce(current_setting('app.tenant', true), '') AS t",
                                        row -> Rows.text(row, "t")))
                        .blockLast())
                .isEmpty();
    }

    @Test
    void endsAStormOfCancelledReadsWithAllConnectionsBack() {
        Random random = new Random(5);
        for (int n = 0; n < 100_000; n++) {
            Disposable read = (n % 1_000 == 0 ? sleep("30") : sleep("0")).subscribe(_ -> {}, _ -> {});
            if (random.nextInt(4) == 0) {
                Thread.yield();
            }
            read.dispose();
        }

        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(pools.figures(PoolName.READS)).matches(it -> it.inUse() == 0 && it.waiting() == 0);
            assertThat(count("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep%'"
                            + " AND pid <> pg_backend_pid()"))
                    .isZero();
        });
        assertThat(Flux.range(0, 30)
                        .flatMap(
                                _ -> asPlatform(database.read(session ->
                                        session.one("SELECT current_tenant()::text AS t", row -> Rows.text(row, "t")))),
                                3)
                        .distinct()
                        .collectList()
                        .block())
                .containsExactly(PLATFORM.toString());
    }

    @Test
    void keepsNoRowsOfReadsThatAreCancelledInTheirMidst() {
        cancelled(1_000);
        long before = direct();

        cancelled(19_000);

        assertThat(direct() - before).isLessThan(2L << 20);
    }

    private static void cancelled(int reads) {
        Flux.range(0, reads)
                .flatMap(
                        n -> asPlatform(database.read(session -> session.query(
                                        "SELECT n FROM generate_series(1, $1) AS n",
                                        row -> Rows.integer(row, "n"),
                                        600)))
                                .retryWhen(Retry.fixedDelay(
                                        50, Duration.ofMillis(100))) // the first connections may open slowly
                                .take(1 + n % 500)
                                .onErrorResume(Problem.TimedOut.class, _ -> Flux.empty()),
                        3)
                .as(StepVerifier::create)
                .thenConsumeWhile(_ -> true)
                .expectComplete()
                .verify(Duration.ofSeconds(60));
    }

    private static long direct() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }

    private static Flux<Object> sleep(String seconds) {
        return asPlatform(database.read(session ->
                session.all("SELECT pg_sleep(" + seconds + ")::text AS done", row -> Rows.text(row, "done"))));
    }

    private static Disposable hold() {
        return asPlatform(database.read(_ -> Mono.never()))
                .retryWhen(Retry.fixedDelay(100, Duration.ofMillis(100))) // the circuit may still be closing
                .subscribe();
    }

    private static <T> Flux<T> asPlatform(Mono<T> work) {
        return asPlatform(work.flux());
    }

    private static <T> Flux<T> asPlatform(Flux<T> work) {
        return work.contextWrite(context -> context.put(Caller.class, Caller.system(new TenantId(PLATFORM), "test")));
    }

    private static String tenantOfTheSession() {
        return String.valueOf(asPlatform(database.read(
                        session -> session.one("SELECT current_tenant()::text AS t", row -> Rows.text(row, "t"))))
                .blockLast());
    }

    private static String name() {
        return String.valueOf(asPlatform(
                        database.read(session -> session.one("SELECT name FROM tenant", row -> Rows.text(row, "name"))))
                .blockLast());
    }

    private static java.sql.Connection owner() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:" + server.url().replaceFirst("//[^@]*@", "//"), "postgres", "postgres");
    }

    private static long count(String sql) {
        try (var connection = owner();
                var rows = connection.createStatement().executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private static List<String> tables() throws SQLException {
        try (var connection = owner();
                var rows = connection.createStatement().executeQuery("""
                                SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                                WHERE a.attname = 'tenant_id' AND c.relkind IN ('r', 'p')
                                  AND c.relnamespace = 'public'::regnamespace
                                  AND has_table_privilege('sluice_app', c.oid, 'SELECT')
                                """)) {
            var names = new java.util.ArrayList<String>();
            while (rows.next()) {
                names.add(rows.getString(1));
            }
            return names;
        }
    }

    private static long rowsWithoutTenant(String table) throws SQLException {
        try (var connection = owner();
                var statement = connection.createStatement()) {
            statement.execute("SET ROLE sluice_app");
            try (var rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }
}
