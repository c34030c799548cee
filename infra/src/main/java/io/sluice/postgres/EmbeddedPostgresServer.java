package io.sluice.postgres;

import io.sluice.embedded.Keeper;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL 18 under the server's home folder, durable between runs. A node whose home is served already (a
 * second node, or a server that outlived its node) uses the running one, and keeps it in the other's stead when that is
 * gone.
 */
public final class EmbeddedPostgresServer implements Closeable {

    private static final String DATABASE = "sluice";

    private final String url;
    private final Closeable end;

    private EmbeddedPostgresServer(int port, Closeable end) {
        this.url = "postgresql://postgres:postgres@127.0.0.1:" + port + "/" + DATABASE;
        this.end = end;
    }

    /** Whoever starts it closes it: a hook of its own would end it while requests are still being finished. */
    public static EmbeddedPostgresServer start(Path home) {
        return start(home, Map.of(), false);
    }

    /** @param settings over those of a durable server, for tests; this one ends with the JVM by itself */
    public static EmbeddedPostgresServer start(Path home, Map<String, String> settings) {
        return start(home, settings, true);
    }

    private static EmbeddedPostgresServer start(Path home, Map<String, String> settings, boolean endsByItself) {
        Path data = home.resolve("postgres").resolve("data").toAbsolutePath();
        try {
            Running running = running(data);
            EmbeddedPostgresServer server =
                    running == null ? launched(data, settings, endsByItself) : adopted(data, running);
            createDatabase(server.url);
            return server;
        } catch (IOException | SQLException e) {
            throw new IllegalStateException("the embedded PostgreSQL under " + home + " does not start", e);
        }
    }

    private static EmbeddedPostgresServer launched(Path data, Map<String, String> settings, boolean endsByItself)
            throws IOException {
        EmbeddedPostgres own = launch(data, settings, endsByItself);
        Keeper.take(keeperOf(data));
        return new EmbeddedPostgresServer(own.getPort(), own);
    }

    private static EmbeddedPostgresServer adopted(Path data, Running running) throws IOException {
        return new EmbeddedPostgresServer(
                running.port(), Keeper.takesOver(keeperOf(data)) ? () -> Keeper.stop(running.process()) : () -> {});
    }

    private static Path keeperOf(Path data) {
        return data.resolveSibling("keeper");
    }

    private static EmbeddedPostgres launch(Path data, Map<String, String> settings, boolean endsByItself)
            throws IOException {
        Files.createDirectories(data.getParent());
        var builder = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setOverrideWorkingDirectory(data.resolveSibling("binaries").toFile())
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(endsByItself)
                .setPGStartupWait(Duration.ofSeconds(60))
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("shared_buffers", "256MB")
                .setServerConfig("max_connections", "200")
                .setServerConfig("max_wal_size", "2GB")
                .setServerConfig("random_page_cost", "1.1")
                .setServerConfig("jit", "off")
                // Its log is part of ours: no statements with their parameters, no values of rows in it.
                .setServerConfig("log_error_verbosity", "terse")
                .setServerConfig("log_min_error_statement", "panic")
                .setServerConfig("log_min_messages", "log")
                .setServerConfig("timezone", "UTC");
        settings.forEach(builder::setServerConfig);
        return builder.start();
    }

    private record Running(ProcessHandle process, int port) {}

    /** What the data folder's {@code postmaster.pid} names: the process in line 1, while it lives, its port in line 4. */
    private static @Nullable Running running(Path data) throws IOException {
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return null;
        }
        List<String> lines = Files.readAllLines(pidFile);
        ProcessHandle process = lines.size() > 3
                ? ProcessHandle.of(Long.parseLong(lines.getFirst().strip()))
                        .filter(ProcessHandle::isAlive)
                        .orElse(null)
                : null;
        if (process == null) {
            Files.delete(pidFile);
            return null;
        }
        return new Running(process, Integer.parseInt(lines.get(3).strip()));
    }

    private static void createDatabase(String url) throws SQLException {
        PostgresUrl server = PostgresUrl.parse(url);
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://" + server.host() + ":" + server.port() + "/postgres", "postgres", "");
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + DATABASE + "'")) {
            if (!rows.next()) {
                statement.execute("CREATE DATABASE " + DATABASE);
            }
        }
    }

    public String url() {
        return url;
    }

    @Override
    public void close() throws IOException {
        end.close();
    }
}
