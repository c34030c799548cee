package io.sluice.access.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.postgres.DatabaseSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MasterKeyTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir
    Path home;

    @Test
    void isMadeOncePerHomeAndReadableByItsOwnerAlone() throws IOException {
        byte[] first = MasterKey.ofHome(home).derive("test", "AES").getEncoded();
        byte[] second = MasterKey.ofHome(home).derive("test", "AES").getEncoded();

        assertThat(first).hasSize(32).isEqualTo(second);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("master.key"))))
                .isEqualTo("rw-------");
        try (var files = Files.list(home)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void givesEachPurposeAKeyOfItsOwn() {
        MasterKey key = MasterKey.ofHome(home);

        assertThat(key.derive("one", "AES").getEncoded())
                .isNotEqualTo(key.derive("other", "AES").getEncoded());
    }

    @Test
    void isAskedForWhereADatabaseIsNamed() {
        DatabaseSettings named = new DatabaseSettings(
                "postgresql://user@host/database",
                null,
                "prefer",
                null,
                null,
                null,
                SECOND,
                SECOND,
                SECOND,
                SECOND,
                SECOND,
                SECOND,
                SECOND,
                Map.of());

        assertThatThrownBy(() -> new SecurityConfiguration().masterKey(null, home, named))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("SLUICE_MASTER_KEY");
        assertThat(home).isEmptyDirectory();
    }

    @Test
    void namesTheSettingThatIsWrong() {
        assertThatThrownBy(() -> MasterKey.of("too short")).hasMessageContaining("SLUICE_MASTER_KEY");
        assertThatThrownBy(() -> MasterKey.of("c2hvcnQ=")).hasMessageContaining("SLUICE_MASTER_KEY");
    }
}
