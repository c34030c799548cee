package io.sluice.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.log.Caller;
import io.sluice.shared.Problem;
import io.sluice.shared.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A PostgreSQL that keeps its connections and says nothing: two seconds for a statement, and five of patience. */
class SilentDatabaseTest {

    private static final UUID PLATFORM = UUID.fromString("00000000-0000-7000-8000-000000000001");

    @TempDir
    private Path home;

    private EmbeddedPostgresServer server;
    private Pools pools;
    private Database database;

    @BeforeEach
    void open() {
        server = EmbeddedPostgresServer.start(home, Map.of("fsync", "off", "synchronous_commit", "off"));
        var settings = new DatabaseSettings(
                null,
                null,
                "prefer",
                null,
                null,
                null,
                Duration.ofSeconds(2),
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                Map.of());
        Migration.run(server.url(), settings);
        var registry = new SimpleMeterRegistry();
        pools = new Pools(settings, server.url(), registry);
        var meters = new DatabaseMeters(registry);
        database = new Database(pools, new Holdings(settings, meters), settings, meters);
    }

    @AfterEach
    void close() throws Exception {
        signal("-CONT");
        pools.close().block();
        server.close();
    }

    @Test
    void leavesNobodyWaitingForItAndServesWhenItSpeaksAgain() throws Exception {
        one().block();
        Mono<String> reading = started(read("SELECT pg_sleep(1.5)::text AS v"));
        Mono<String> writing = started(asPlatform(database.write(
                PoolName.COMMANDS,
                session -> session.one("SELECT pg_sleep(1.5)::text AS v", row -> Rows.text(row, "v")))));
        Awaitility.await().until(() -> inUse(PoolName.READS) == 1 && inUse(PoolName.COMMANDS) == 1);

        signal("-STOP");

        for (Mono<String> asked : List.of(one(), reading, writing)) {
            assertThat(problemOf(asked)).isEqualTo("database-unavailable");
        }
        assertThat(Flux.range(0, 30)
                        .flatMap(_ -> codeOf(one()), 30)
                        .collectList()
                        .block(Duration.ofSeconds(20)))
                .containsOnly("database-unavailable");
        signal("-CONT");
        Awaitility.await().ignoreExceptions().until(() -> "1".equals(one().block()));
        Awaitility.await().until(() -> inUse(PoolName.READS) == 0 && inUse(PoolName.COMMANDS) == 0);
    }

    @Test
    void takesConnectionsBackFromAskersThatWentAwayMeanwhile() throws Exception {
        one().block();
        var asking = Flux.range(0, 8)
                .flatMap(_ -> read("SELECT pg_sleep(1.5)::text AS v"), 8)
                .subscribe(_ -> {}, _ -> {});
        Awaitility.await().until(() -> inUse(PoolName.READS) == 8);
        signal("-STOP");

        asking.dispose();

        Awaitility.await().atMost(Duration.ofSeconds(15)).until(() -> inUse(PoolName.READS) == 0);
    }

    private static <T> Mono<T> started(Mono<T> work) {
        Mono<T> shared = work.cache();
        shared.subscribe(_ -> {}, _ -> {});
        return shared;
    }

    private static String problemOf(Mono<String> asked) {
        return codeOf(asked).blockOptional(Duration.ofSeconds(10)).orElseThrow();
    }

    private static Mono<String> codeOf(Mono<String> asked) {
        return asked.thenReturn("an answer").onErrorResume(Problem.class, problem -> Mono.just(problem.code()));
    }

    private long inUse(PoolName pool) {
        return pools.figures(pool).inUse();
    }

    private Mono<String> one() {
        return read("SELECT 1::text AS v");
    }

    private Mono<String> read(String sql) {
        return asPlatform(database.read(session -> session.one(sql, row -> Rows.text(row, "v")))
                .next());
    }

    private static <T> Mono<T> asPlatform(Mono<T> work) {
        return work.contextWrite(context -> context.put(Caller.class, Caller.system(new TenantId(PLATFORM), "test")));
    }

    private void signal(String name) throws IOException, InterruptedException {
        Path pidFile = home.resolve("postgres").resolve("data").resolve("postmaster.pid");
        long postmaster = Long.parseLong(Files.readAllLines(pidFile).getFirst().strip());
        List<ProcessHandle> processes = ProcessHandle.of(postmaster).stream()
                .flatMap(it -> Stream.concat(Stream.of(it), it.descendants()))
                .toList();
        for (ProcessHandle process : processes) {
            int exit = new ProcessBuilder("kill", name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertThat(exit == 0 || !process.isAlive()).isTrue(); // a session may end meanwhile
        }
    }
}
