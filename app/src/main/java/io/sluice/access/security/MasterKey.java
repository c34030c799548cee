package io.sluice.access.security;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** The one secret of the server. It encrypts nothing itself: each purpose has a key derived from it (HKDF, RFC 5869). */
public final class MasterKey {

    static final String VARIABLE = "SLUICE_MASTER_KEY";
    private static final int BYTES = 32;

    private final SecretKey key;

    private MasterKey(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalStateException(VARIABLE + " must be 32 bytes in base64");
        }
        this.key = new SecretKeySpec(bytes, "HKDF");
    }

    static MasterKey of(String base64) {
        try {
            return new MasterKey(Base64.getDecoder().decode(base64.strip()));
        } catch (IllegalArgumentException _) {
            throw new IllegalStateException(VARIABLE + " must be 32 bytes in base64");
        }
    }

    /** The key of the home folder, made by the first node that asks; readable by its owner alone. */
    static MasterKey ofHome(Path home) {
        Path file = home.resolve("master.key");
        try {
            if (!Files.exists(file)) {
                create(home, file);
            }
            return of(Files.readString(file));
        } catch (IOException e) {
            throw new IllegalStateException("the master key " + file + " cannot be read or made", e);
        }
    }

    /** Written whole under another name first, so that no second node reads half a key. */
    private static void create(Path home, Path file) throws IOException {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        Files.createDirectories(home);
        Path draft = Files.createTempFile(
                home,
                "master",
                ".key",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(draft, Base64.getEncoder().encodeToString(bytes));
            Files.createLink(file, draft);
        } catch (FileAlreadyExistsException _) {
            // another node was first: its key counts
        } finally {
            Files.delete(draft);
        }
    }

    /** The key of one purpose. */
    public SecretKey derive(String purpose, String algorithm) {
        try {
            var parameters = HKDFParameterSpec.ofExtract()
                    .addIKM(key)
                    .thenExpand(("sluice " + purpose).getBytes(java.nio.charset.StandardCharsets.UTF_8), BYTES);
            return KDF.getInstance("HKDF-SHA256").deriveKey(algorithm, parameters);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Java 25 has HKDF-SHA256", e);
        }
    }
}
