package io.sluice.redis;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.redisson.api.RedissonClient;

/** A real Redis for the tests of a class, that can be stopped, started, halted and asked. */
public final class RedisTest implements BeforeAllCallback, AfterAllCallback {

    private final Path home;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final RedisThreads threads = new RedisThreads();
    private EmbeddedRedisServer server;

    public RedisTest() {
        try {
            this.home = Files.createTempDirectory("sluice-redis");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        start();
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        for (AutoCloseable it : opened) {
            it.close();
        }
        threads.close();
        stop();
        try (Stream<Path> files = Files.walk(home)) {
            files.sorted(java.util.Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
        }
    }

    /** On the port of before. */
    public void start() {
        server = EmbeddedRedisServer.start(home);
    }

    public void stop() throws IOException {
        server.close();
    }

    /** The process stands still: connections stay open and nothing is answered. */
    public void halt() throws Exception {
        signal("-STOP");
    }

    public void goOn() throws Exception {
        signal("-CONT");
    }

    private void signal(String signal) throws Exception {
        String pid = Files.readString(home.resolve("redis").resolve("pid"));
        new ProcessBuilder("kill", signal, pid).start().waitFor();
    }

    public String url() {
        return server.url();
    }

    public Redis connect() {
        return connect(new SimpleMeterRegistry());
    }

    /** A connection of its own, as a node has. */
    public Redis connect(MeterRegistry meters) {
        Redis redis = open(meters);
        Awaitility.await().until(() -> redis.available().block());
        return redis;
    }

    /** The same, without waiting for it. */
    public Redis open(MeterRegistry meters) {
        var settings = RedisSettings.at(server.url());
        RedissonClient client = Clients.open(settings, server.url(), threads);
        var redis = new Redis(client, settings, meters);
        redis.start();
        opened.add(redis::stop);
        opened.add(redis::close);
        opened.add(client::shutdown);
        return redis;
    }
}
