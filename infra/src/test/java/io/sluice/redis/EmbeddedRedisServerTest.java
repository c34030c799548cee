package io.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

class EmbeddedRedisServerTest {

    @TempDir
    Path home;

    @Test
    void keepsItsDataItsPortAndItsPasswordBetweenRuns() throws Exception {
        String first;
        try (var server = EmbeddedRedisServer.start(home)) {
            first = server.url();
            write(first, "a", "1");
        }

        try (var server = EmbeddedRedisServer.start(home)) {
            assertThat(server.url()).isEqualTo(first);
            assertThat(read(first, "a")).isEqualTo("1");
        }
    }

    @Test
    void isUsedByTheSecondNodeOfItsHomeAndOutlivesIt() throws Exception {
        try (var server = EmbeddedRedisServer.start(home)) {
            try (var second = EmbeddedRedisServer.start(home)) {
                assertThat(second.url()).isEqualTo(server.url());
            }

            write(server.url(), "b", "2");
            assertThat(read(server.url(), "b")).isEqualTo("2");
        }
    }

    @Test
    void isStoppedByTheNodeThatFoundItLeftBehind() throws Exception {
        EmbeddedRedisServer.start(home);
        Path folder = home.resolve("redis");
        long pid = Long.parseLong(Files.readString(folder.resolve("pid")));
        Files.writeString(folder.resolve("keeper"), Integer.MAX_VALUE + " 0");

        EmbeddedRedisServer.start(home).close();

        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void startsAgainWhenTheKeptProcessIdIsAnotherProgrammes() throws Exception {
        Path folder = Files.createDirectories(home.resolve("redis"));
        Files.writeString(
                folder.resolve("pid"), Long.toString(ProcessHandle.current().pid()));

        try (var server = EmbeddedRedisServer.start(home)) {
            write(server.url(), "c", "3");
            assertThat(read(server.url(), "c")).isEqualTo("3");
        }
    }

    @Test
    void showsItsPasswordToItsOwnerOnly() throws Exception {
        try (var server = EmbeddedRedisServer.start(home)) {
            Path folder = home.resolve("redis");

            assertThat(server.url()).contains(Files.readString(folder.resolve("password")));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("password"))))
                    .isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("redis.conf"))))
                    .isEqualTo("rw-------");
        }
    }

    private static void write(String url, String key, String value) {
        request(url, client -> {
            client.getBucket(key, StringCodec.INSTANCE).set(value);
            return value;
        });
    }

    private static Object read(String url, String key) {
        return request(
                url, client -> client.getBucket(key, StringCodec.INSTANCE).get());
    }

    private static Object request(String url, Function<RedissonClient, Object> request) {
        try (var threads = new RedisThreads()) {
            RedissonClient client = Clients.open(RedisSettings.at(url), url, threads);
            Object answer = request.apply(client);
            client.shutdown();
            return answer;
        }
    }
}
