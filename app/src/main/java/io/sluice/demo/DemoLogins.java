package io.sluice.demo;

import io.sluice.web.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import tools.jackson.core.JacksonException;

/** The file with the demo's logins, readable by its owner alone. */
record DemoLogins(Path file) {

    static DemoLogins in(Path home) {
        return new DemoLogins(home.resolve("demo-logins.json"));
    }

    /** Empty when the file is missing or not readable as such. */
    List<DemoLogin> read() {
        try {
            return Files.exists(file)
                    ? List.of(Json.MAPPER.readValue(Files.readString(file), DemoLogin[].class))
                    : List.of();
        } catch (IOException | JacksonException _) {
            return List.of();
        }
    }

    void write(List<DemoLogin> logins) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path draft = Files.createTempFile(
                    file.toAbsolutePath().getParent(),
                    "demo-logins",
                    ".json",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(
                    draft, Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(logins));
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
