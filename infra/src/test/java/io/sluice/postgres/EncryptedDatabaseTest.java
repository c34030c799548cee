package io.sluice.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.r2dbc.spi.Connection;
import io.sluice.shared.TenantId;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** A PostgreSQL with a certificate that it has signed itself, so that it is its own CA. */
class EncryptedDatabaseTest {

    private static final DatabaseSettings SETTINGS = new DatabaseSettings(
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

    @TempDir
    private static Path home;

    private static EmbeddedPostgresServer server;

    @BeforeAll
    static void open() throws Exception {
        certify("server");
        certify("stranger");
        server = EmbeddedPostgresServer.start(
                home,
                Map.of(
                        "fsync",
                        "off",
                        "ssl",
                        "on",
                        "ssl_cert_file",
                        "'" + home.resolve("server.crt") + "'",
                        "ssl_key_file",
                        "'" + home.resolve("server.key") + "'"));
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
    }

    private static void certify(String name) throws Exception {
        var command = List.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-keyout",
                home.resolve(name + ".key").toString(),
                "-out",
                home.resolve(name + ".crt").toString());
        assertThat(new ProcessBuilder(command).redirectErrorStream(true).start().waitFor())
                .isZero();
    }

    @Test
    void isMigratedAndAskedOverTls() {
        for (String options : List.of("?sslmode=require", verified("server"))) {
            Migration.run(server.url() + options, SETTINGS);

            assertThat(encryption(server.url() + options).block()).isEqualTo("true");
        }
    }

    @Test
    void isWrittenOverTls() throws Exception {
        for (String options : List.of("?sslmode=require", verified("server"))) {
            Migration.run(server.url() + options, SETTINGS);
            PostgresUrl url = PostgresUrl.parse(server.url() + options);
            var pipeline = new Pipeline(
                    PipelineOptions.vertx(),
                    PipelineOptions.connect(url, SETTINGS),
                    SETTINGS,
                    new SimpleMeterRegistry());
            Pipeline.Line line = await().until(() -> pipeline.free(), Objects::nonNull);
            var write = new Session.Write("UPDATE tenant_log SET head = head WHERE tenant_id = $1", new UUID(0, 0));

            line.write(new TenantId(new UUID(0, 0)), List.of(List.of(write)))
                    .as(StepVerifier::create)
                    .verifyComplete();

            pipeline.destroy();
        }
    }

    @Test
    void isRefusedWithACertificateOfAnotherCa() {
        String url = server.url() + verified("stranger");

        encryption(url).as(StepVerifier::create).verifyError();
        assertThatThrownBy(() ->
                        DriverManager.getConnection(PostgresUrl.parse(url).jdbc(SETTINGS), "postgres", "postgres"))
                .isInstanceOf(SQLException.class)
                .hasStackTraceContaining("PKIX path");
    }

    @Test
    void isNamedWithOptionsThatAreKnownOnly() {
        assertThatThrownBy(() -> PostgresUrl.parse(server.url() + "?ssl=true"))
                .hasMessageContaining("sluice.database.url")
                .hasMessageContaining("sslmode");
    }

    private static String verified(String ca) {
        return "?sslmode=verify-full&sslrootcert=" + home.resolve(ca + ".crt");
    }

    private static Mono<String> encryption(String url) {
        return Mono.usingWhen(
                Mono.fromSupplier(() -> new Pools(SETTINGS, url, new SimpleMeterRegistry())),
                pools -> Mono.usingWhen(
                        pools.acquire(PoolName.OPS), EncryptedDatabaseTest::isEncrypted, Connection::close),
                Pools::close);
    }

    /** The role that owns nothing does not see it. */
    private static Mono<String> isEncrypted(Connection connection) {
        return Flux.from(connection
                        .createStatement(
                                "SET ROLE NONE; SELECT ssl::text AS v FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
                        .execute())
                .concatMap(result -> result.map(row -> Rows.text(row, "v")))
                .next();
    }
}
