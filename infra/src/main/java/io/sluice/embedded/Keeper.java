package io.sluice.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The node that stops an embedded server when it stops itself: the one that launched it, or the one that found it left
 * behind by a node that was killed. A file beside the server's data names it; others leave the server running.
 */
public final class Keeper {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private Keeper() {}

    /** This process stops the server from now on. */
    public static void take(Path file) throws IOException {
        Files.writeString(file, nameOf(ProcessHandle.current()));
    }

    /** Takes the server from a node that is gone; false when its keeper lives. */
    public static boolean takesOver(Path file) throws IOException {
        if (Files.exists(file) && isAlive(Files.readString(file))) {
            return false;
        }
        take(file);
        return true;
    }

    /** The time of its start, because ids of processes are given again. */
    private static boolean isAlive(String name) {
        return ProcessHandle.of(Long.parseLong(name.substring(0, name.indexOf(' '))))
                .filter(process -> process.isAlive() && nameOf(process).equals(name))
                .isPresent();
    }

    private static String nameOf(ProcessHandle process) {
        return process.pid() + " "
                + process.info().startInstant().orElse(Instant.EPOCH).toEpochMilli();
    }

    /** Ends the server in order; by force when that takes too long. */
    public static void stop(ProcessHandle server) {
        server.destroy();
        try {
            server.onExit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException _) {
            server.destroyForcibly();
        } catch (InterruptedException _) {
            server.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
