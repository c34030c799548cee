package io.sluice.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.postgres.Session.Write;
import io.sluice.shared.Problem;
import io.sluice.shared.TenantId;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Transactions of one round trip, half a second for a statement. */
class PipelineTest {

    private static final TenantId PLATFORM = new TenantId(UUID.fromString("00000000-0000-7000-8000-000000000001"));

    @TempDir
    private static Path home;

    private static EmbeddedPostgresServer server;
    private static Pipeline pipeline;

    @BeforeAll
    static void open() {
        server = EmbeddedPostgresServer.start(
                home, Map.of("fsync", "off", "synchronous_commit", "off", "full_page_writes", "off"));
        var settings = new DatabaseSettings(
                null,
                null,
                "prefer",
                null,
                null,
                null,
                Duration.ofSeconds(1),
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                Duration.ofMillis(500),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                Map.of());
        Migration.run(server.url(), settings);
        pipeline = new Pipeline(
                PipelineOptions.vertx(),
                PipelineOptions.connect(PostgresUrl.parse(server.url()), settings),
                settings,
                new SimpleMeterRegistry());
    }

    @AfterAll
    static void close() throws Exception {
        pipeline.destroy();
        server.close();
    }

    @AfterEach
    void leavesNothingBehind() {
        update("DELETE FROM consumer");
        assertThat(number("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'sluice-pipeline'"
                        + " AND state <> 'idle'"))
                .isZero();
    }

    @Test
    void commitsAllStepsOfATransaction() {
        line().write(PLATFORM, List.of(List.of(consumer("a"), consumer("b")), List.of(consumer("c"))))
                .as(StepVerifier::create)
                .verifyComplete();

        assertThat(number("SELECT count(*) FROM consumer")).isEqualTo(3);
    }

    @Test
    void leavesNothingOfATransactionOfWhichOneStepFails() {
        write(consumer("a"), new Write("UPDATE consumer SET position = 1 / 0"), consumer("b"))
                .as(StepVerifier::create)
                .expectErrorSatisfies(error -> assertThat(error).hasMessageContaining("division by zero"))
                .verify();

        assertThat(number("SELECT count(*) FROM consumer")).isZero();
        write(consumer("a")).as(StepVerifier::create).verifyComplete();
    }

    @Test
    void namesTheConstraintThatAStepViolates() {
        write(consumer("a")).as(StepVerifier::create).verifyComplete();

        write(consumer("a"))
                .as(StepVerifier::create)
                .expectErrorSatisfies(
                        error -> assertThat(Failures.duplicate(error)).contains("consumer_pkey"))
                .verify();
    }

    @Test
    void tellsAWriterThatTheLogHasMovedOn() {
        var stale = new Write("UPDATE tenant_log SET head = follow(head_hash, decode($1, 'hex'), head)", "00");

        write(stale)
                .as(StepVerifier::create)
                .expectErrorSatisfies(
                        error -> assertThat(Failures.hasMovedOn(error)).isTrue())
                .verify();
    }

    @Test
    void writesNothingForAnotherTenant() {
        var other = new Write(
                "INSERT INTO consumer (tenant_id, name) VALUES ($1, $2)", UUID.randomUUID(), "of somebody else");

        write(other)
                .as(StepVerifier::create)
                .expectErrorSatisfies(error -> assertThat(error).hasMessageContaining("row-level security"))
                .verify();

        assertThat(number("SELECT count(*) FROM consumer")).isZero();
    }

    @Test
    void endsAStatementPastItsLimit() {
        write(new Write("UPDATE tenant_log SET head = head WHERE pg_sleep($1::float8) IS NOT NULL", 60.0))
                .as(StepVerifier::create)
                .expectErrorSatisfies(error -> assertThat(error).isInstanceOf(Problem.TimedOut.class))
                .verify(Duration.ofSeconds(5));

        write(consumer("a")).as(StepVerifier::create).verifyComplete();
    }

    @Test
    void opensAnotherConnectionForOneThatWasEnded() {
        write(consumer("a")).as(StepVerifier::create).verifyComplete();
        update("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sluice-pipeline'");

        await().untilAsserted(() -> write(consumer(UUID.randomUUID().toString()))
                .as(StepVerifier::create)
                .expectComplete()
                .verify(Duration.ofSeconds(5)));
    }

    @Test
    void failsWhatIsUnderWayWhenItsConnectionEnds() {
        Mono<Void> slow =
                write(new Write("UPDATE tenant_log SET head = head WHERE pg_sleep($1::float8) IS NOT NULL", 0.4));

        StepVerifier.create(slow)
                .then(() -> await().until(() -> number("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                                + " WHERE application_name = 'sluice-pipeline' AND state = 'active'")
                        > 0))
                .expectErrorSatisfies(
                        error -> assertThat(((Problem) error).code()).isEqualTo("database-unavailable"))
                .verify(Duration.ofSeconds(5));
    }

    @Test
    void givesAConnectionToOneAtATime() {
        List<Pipeline.Line> taken = new ArrayList<>();
        await().until(() -> {
            Pipeline.Line line = pipeline.free();
            if (line != null) {
                taken.add(line);
            }
            return taken.size() == 4;
        });
        assertThat(taken).doesNotHaveDuplicates();
        assertThat(pipeline.free()).isNull();

        taken.forEach(line -> line.write(
                        PLATFORM, List.of(List.of(consumer(UUID.randomUUID().toString()))))
                .as(StepVerifier::create)
                .verifyComplete());
        assertThat(pipeline.free()).satisfies(line -> Objects.requireNonNull(line)
                .write(PLATFORM, List.of(List.of(consumer("last"))))
                .as(StepVerifier::create)
                .verifyComplete());
    }

    @Test
    void runsATransactionBehindAnotherOnWhatThatOneLeaves() {
        Pipeline.Line line = line();
        assertThat(line.follow()).isTrue();
        assertThat(line.follow()).isFalse();
        var counted = new Write(
                "INSERT INTO consumer (tenant_id, name, position) SELECT $1, 'counted', count(*) FROM consumer",
                PLATFORM.value());

        Mono.when(
                        line.write(PLATFORM, List.of(List.of(consumer("a")))),
                        line.write(PLATFORM, List.of(List.of(counted))))
                .as(StepVerifier::create)
                .verifyComplete();

        assertThat(number("SELECT position FROM consumer WHERE name = 'counted'"))
                .isEqualTo(1);
        assertThat(line.follow()).isFalse();
    }

    @Test
    void carriesOutTheOneBehindWhenTheOneInFrontHasFailed() {
        Pipeline.Line line = line();
        line.follow();
        Mono<Void> failing = line.write(PLATFORM, List.of(List.of(new Write("UPDATE consumer SET position = 1 / 0"))));
        Mono<Void> behind = line.write(PLATFORM, List.of(List.of(consumer("behind"))));

        Mono.whenDelayError(failing.onErrorComplete(), behind)
                .as(StepVerifier::create)
                .verifyComplete();

        assertThat(number("SELECT count(*) FROM consumer")).isEqualTo(1);
    }

    @Test
    void takesBackAConnectionThatWasNotUsed() {
        for (int i = 0; i < 10; i++) {
            line().release();
        }

        write(consumer("a")).as(StepVerifier::create).verifyComplete();
    }

    private static Write consumer(String name) {
        return new Write("INSERT INTO consumer (tenant_id, name) VALUES ($1, $2)", PLATFORM.value(), name);
    }

    /** Each in a step of its own. */
    private static Mono<Void> write(Write... steps) {
        return line().write(PLATFORM, Stream.of(steps).map(List::of).toList());
    }

    private static Pipeline.Line line() {
        return await().until(() -> pipeline.free(), Objects::nonNull);
    }

    private static void update(String sql) {
        try (var connection = owner();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private static long number(String sql) {
        try (var connection = owner();
                var rows = connection.createStatement().executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private static Connection owner() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:" + server.url().replaceFirst("//[^@]*@", "//"), "postgres", "postgres");
    }
}
