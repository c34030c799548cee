package io.sluice.log.rsocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.load.Site;
import io.sluice.testing.Server;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The published client of another language, unmodified. */
class NodeClientIT {

    private static final Path SOURCE = Path.of("src/test/node");
    private static final Path HOME = Path.of("target/node");

    /** The exit code; -1 when the program is not there. */
    private static int run(Path output, Map<String, String> environment, String... command) {
        try {
            Files.createDirectories(HOME);
            var builder = new ProcessBuilder(command)
                    .directory(HOME.toFile())
                    .redirectOutput(output.toFile())
                    .redirectError(HOME.resolve(output.getFileName() + ".err").toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            return process.waitFor(90, TimeUnit.SECONDS) ? process.exitValue() : -2;
        } catch (IOException _) {
            return -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Test
    void resumesWithTheUnmodifiedJavaScriptClient() throws IOException {
        Path log = HOME.resolve("npm.log").toAbsolutePath();
        assumeTrue(run(log, Map.of(), "node", "--version") == 0, "NodeClientIT is left out: there is no node here");
        assumeTrue(
                Files.readString(log).matches("(?s)v(2\\d|[3-9]\\d).*"),
                "NodeClientIT is left out: Node 20 or newer is needed");
        for (String file : List.of("package.json", "package-lock.json", "resume.mjs")) {
            Files.copy(SOURCE.resolve(file), HOME.resolve(file), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
        assumeTrue(
                Files.isDirectory(HOME.resolve("node_modules"))
                        || run(log, Map.of(), "npm", "ci", "--no-audit", "--no-fund") == 0,
                "NodeClientIT is left out: npm ci does not get the client's packages");
        TestTenant tenant = Tenants.fresh();
        List<Site.Row> rows = Link.rows(Server.shared(), tenant.admin().token(), 2);
        Link.post(Server.shared(), tenant.admin().token(), rows, 500);
        Path output = HOME.resolve("resume.json").toAbsolutePath();

        int code = run(
                output,
                Map.of(
                        "SLUICE_URL",
                        "http://127.0.0.1:" + Server.shared().port(),
                        "SLUICE_TOKEN",
                        tenant.admin().token(),
                        "SLUICE_AFTER",
                        Long.toString(rows.getLast().position()),
                        "SLUICE_EVENTS",
                        "500",
                        "SLUICE_CUT_AFTER",
                        "40"),
                "node",
                "resume.mjs");

        assertThat(text(output)).contains("\"ok\":true").contains("\"overruns\":0");
        assertThat(code).isZero();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
