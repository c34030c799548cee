package io.sluice.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.embedded.Keeper;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis 6.2 under the server's home folder, durable between runs, for this machine and this home alone. A node
 * whose home is served already (a second node, or a server that outlived its node) uses the running one, and keeps it in
 * the other's stead when that is gone. Blocks while it starts and stops.
 */
public final class EmbeddedRedisServer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final InetAddress LOCAL = InetAddress.ofLiteral("127.0.0.1");
    private static final Duration ANSWER = Duration.ofSeconds(1);

    private final Path folder;
    private final String password;
    private final int port;
    private final @Nullable ProcessHandle kept;

    private EmbeddedRedisServer(Path folder, String password, int port, @Nullable ProcessHandle kept) {
        this.folder = folder;
        this.password = password;
        this.port = port;
        this.kept = kept;
    }

    /** Synchronized and under a file lock: of two that start at once, one launches and the other finds it. */
    public static synchronized EmbeddedRedisServer start(Path home) {
        Path folder = home.resolve("redis").toAbsolutePath();
        try {
            Files.createDirectories(folder);
            try (var channel = FileChannel.open(
                            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var _ = channel.lock()) {
                return startAlone(folder);
            }
        } catch (IOException e) {
            throw new IllegalStateException("the embedded Redis under " + home + " does not start", e);
        }
    }

    private static EmbeddedRedisServer startAlone(Path folder) throws IOException {
        String password = password(folder);
        int port = number(folder.resolve("port"));
        ProcessHandle running = running(number(folder.resolve("pid")));
        if (running == null) {
            return launch(folder, free(port), password);
        }
        awaitAnswer(running, folder, port, password);
        return new EmbeddedRedisServer(
                folder, password, port, Keeper.takesOver(folder.resolve("keeper")) ? running : null);
    }

    /** The process that wrote its id when it was started, unless the id is another program's by now. */
    private static @Nullable ProcessHandle running(int pid) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process -> process.info()
                        .command()
                        .filter(it -> it.contains("redis-server"))
                        .isPresent())
                .orElse(null);
    }

    public String url() {
        return "redis://:" + password + "@127.0.0.1:" + port;
    }

    private static String password(Path folder) throws IOException {
        Path file = folder.resolve("password");
        if (!Files.exists(file)) {
            byte[] secret = new byte[32];
            new SecureRandom().nextBytes(secret);
            writeSecret(file, HexFormat.of().formatHex(secret));
        }
        return Files.readString(file).strip();
    }

    /** Written aside and moved, so that it never exists half or readable by others. */
    private static void writeSecret(Path file, String text) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".draft");
        Files.deleteIfExists(draft);
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            var onlyOwner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            Files.createFile(draft, onlyOwner);
        }
        Files.writeString(draft, text);
        Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private static int number(Path file) throws IOException {
        return Files.exists(file) ? Integer.parseInt(Files.readString(file).strip()) : 0;
    }

    /** The port of the last run when it is free, so that clients of before find the server again. */
    private static int free(int kept) throws IOException {
        try (var socket = new ServerSocket(kept, 1, LOCAL)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            if (kept == 0) {
                throw e;
            }
            return free(0);
        }
    }

    /** The process id is kept before the server answers: who finds it waits for it and never starts a second one. */
    private static EmbeddedRedisServer launch(Path folder, int port, String password) throws IOException {
        Path configuration = folder.resolve("redis.conf");
        writeSecret(configuration, configuration(folder, port, password));
        Files.writeString(folder.resolve("port"), Integer.toString(port));
        Process process = new ProcessBuilder(binary(folder), configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("redis.log").toFile())
                .start();
        Files.writeString(folder.resolve("pid"), Long.toString(process.pid()));
        Keeper.take(folder.resolve("keeper"));
        awaitAnswer(process.toHandle(), folder, port, password);
        return new EmbeddedRedisServer(folder, password, port, process.toHandle());
    }

    private static String binary(Path folder) throws IOException {
        File binaries = Files.createDirectories(folder.resolve("binaries")).toFile();
        return ExecutableProvider.newJarResourceProvider(binaries).get().getAbsolutePath();
    }

    private static String configuration(Path folder, int port, String password) {
        return """
                bind 127.0.0.1
                port %d
                requirepass %s
                dir "%s"
                appendonly yes
                appendfsync everysec
                save ""
                maxmemory 256mb
                maxmemory-policy volatile-lru
                """.formatted(
                        port, password, folder.toString().replace("\\", "\\\\").replace("\"", "\\\""));
    }

    private static void awaitAnswer(ProcessHandle process, Path folder, int port, String password) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!answers(port, password)) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IOException("no answer; its last words: " + Files.readString(folder.resolve("redis.log")));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    /** True when a Redis with this password listens there and has read its data. */
    private static boolean answers(int port, String password) {
        int millis = Math.toIntExact(ANSWER.toMillis());
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(LOCAL, port), millis);
            socket.setSoTimeout(millis);
            socket.getOutputStream().write(("AUTH " + password + "\r\nPING\r\n").getBytes(UTF_8));
            String answer = new String(socket.getInputStream().readNBytes(12), UTF_8);
            return answer.equals("+OK\r\n+PONG\r\n");
        } catch (IOException _) {
            return false;
        }
    }

    /** Ends the server when this node keeps it. */
    @Override
    public void close() throws IOException {
        if (kept != null) {
            Keeper.stop(kept);
            Files.deleteIfExists(folder.resolve("pid"));
        }
    }
}
