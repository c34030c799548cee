package io.sluice.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresServerTest {

    @TempDir
    private Path home;

    @Test
    void outlivesTheSecondNodeOfItsHomeAndIsStoppedByTheOneThatFoundItLeftBehind() throws Exception {
        EmbeddedPostgresServer.start(home, Map.of("fsync", "off"));
        ProcessHandle postmaster = postmaster();

        EmbeddedPostgresServer.start(home).close();
        assertThat(postmaster.isAlive()).isTrue();

        Files.writeString(home.resolve("postgres").resolve("keeper"), Integer.MAX_VALUE + " 0");
        EmbeddedPostgresServer.start(home).close();
        assertThat(postmaster.isAlive()).isFalse();
    }

    private ProcessHandle postmaster() throws IOException {
        Path file = home.resolve("postgres").resolve("data").resolve("postmaster.pid");
        long pid = Long.parseLong(Files.readAllLines(file).getFirst().strip());
        return ProcessHandle.of(pid).orElseThrow();
    }
}
