package io.sluice.access.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MasterKeyTest {

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
    void namesTheSettingThatIsWrong() {
        assertThatThrownBy(() -> MasterKey.of("too short")).hasMessageContaining("SLUICE_MASTER_KEY");
        assertThatThrownBy(() -> MasterKey.of("c2hvcnQ=")).hasMessageContaining("SLUICE_MASTER_KEY");
    }
}
