package io.sluice.log.rsocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.load.Site;
import io.sluice.redis.EmbeddedRedisServer;
import io.sluice.testing.Server;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Map;
import io.sluice.postgres.EmbeddedPostgresServer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Three nodes in processes of their own under load; one is killed, and Redis goes and comes back. */
class ClusterIT {

    private static final Path HOME = temporary();
    private static final List<Node> NODES = new ArrayList<>();

    private static Path temporary() {
        try {
            return Files.createTempDirectory("sluice-cluster");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private record Node(Process process, int port) {

        static Node start(String redis) throws IOException {
            int port;
            try (var free = new ServerSocket(0)) {
                port = free.getLocalPort();
            }
            ProcessBuilder node = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx256m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "--enable-native-access=ALL-UNNAMED",
                            "--sun-misc-unsafe-memory-access=allow",
                            "-cp",
                            System.getProperty("java.class.path"),
                            "io.sluice.Application",
                            "--server.port=" + port,
                            "--sluice.home=" + Server.shared().home(),
                            "--sluice.demo=false",
                            "--sluice.streams.connects-per-address=100000")
                    .redirectErrorStream(true)
                    .redirectOutput(HOME.resolve("node-" + port + ".log").toFile());
            Path home = Server.shared().home();
            node.environment()
                    .putAll(Map.of(
                            "SLUICE_DATABASE_URL", EmbeddedPostgresServer.start(home).url(),
                            "SLUICE_REDIS_URL", redis,
                            "SLUICE_MASTER_KEY", Files.readString(home.resolve("master.key")).strip()));
            return new Node(node.start(), port);
        }

        boolean isUp() {
            try {
                return HttpClient.newHttpClient()
                                .send(
                                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health"))
                                                .build(),
                                        HttpResponse.BodyHandlers.discarding())
                                .statusCode()
                        == 200;
            } catch (IOException _) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    @BeforeAll
    static void start() throws IOException {
        Server.shared();
        String redis = EmbeddedRedisServer.start(HOME).url();
        for (int i = 0; i < 3; i++) {
            NODES.add(Node.start(redis));
        }
        awaitUp();
    }

    private static void awaitUp() {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!NODES.stream().allMatch(Node::isUp)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the nodes do not start");
            }
            java.util.concurrent.locks.LockSupport.parkNanos(100_000_000);
        }
    }

    @AfterAll
    static void stop() {
        NODES.forEach(node -> node.process().destroyForcibly());
    }

    /** A subscriber that goes on at the next node when its own is gone. */
    private static final class Subscriber {

        private final String token;
        private final List<Long> seen = new ArrayList<>();
        private long position;
        private int node;
        private Link link;
        private Link.Stream stream;

        Subscriber(String token, int node, long position) {
            this.token = token;
            this.node = node;
            this.position = position;
            this.link = open();
            this.stream = subscribe();
        }

        private Link open() {
            return Link.to(NODES.get(node % NODES.size()).port(), token);
        }

        private Link.Stream subscribe() {
            return link.stream(
                    "{\"topics\":[\"stock\"],\"implicit\":false,\"batch\":10,\"after\":" + position + "}",
                    Long.MAX_VALUE);
        }

        void goOnIfEnded() {
            if (stream.isOver()) {
                keep();
                do {
                    node++;
                } while (!NODES.get(node % NODES.size()).process().isAlive());
                link.close();
                link = open();
                stream = subscribe();
            }
        }

        private void keep() {
            List<Long> here = stream.positions();
            seen.addAll(here);
            position = here.isEmpty() ? position : here.getLast();
        }

        int count() {
            return seen.size() + stream.count();
        }

        List<Long> all() {
            List<Long> all = new ArrayList<>(seen);
            all.addAll(stream.positions());
            return all;
        }
    }

    private static void post(Node node, String token, List<Site.Row> rows, AtomicBoolean over, Set<Long> acknowledged) {
        while (!over.get() && node.process().isAlive()) {
            try {
                for (String answer : Link.post(node.port(), token, rows, 20)) {
                    var json = Link.JSON.readTree(answer);
                    if (json.has("position")) {
                        acknowledged.add(json.path("position").asLong());
                    }
                }
            } catch (java.io.UncheckedIOException _) {
                // the node was killed: nothing was acknowledged
            }
        }
    }

    @Test
    void losesAndDoublesNothingWhenANodeIsKilledAndRedisIsAway() throws IOException, InterruptedException {
        TestTenant tenant = Tenants.fresh();
        String token = tenant.admin().token();
        List<Site.Row> rows = Link.rows(Server.shared(), token, 5);
        long from = rows.getLast().position();
        List<Subscriber> subscribers = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            subscribers.add(new Subscriber(token, i, from));
        }
        var acknowledged = java.util.concurrent.ConcurrentHashMap.<Long>newKeySet();
        var over = new AtomicBoolean();
        List<CompletableFuture<Void>> posting = new ArrayList<>();
        for (Node node : NODES) {
            posting.add(CompletableFuture.runAsync(() -> post(node, token, rows, over, acknowledged)));
        }
        Link.await("load", () -> acknowledged.size() > 500);

        NODES.getFirst().process().destroyForcibly().waitFor();
        int killed = acknowledged.size();
        Link.await("load on two nodes", () -> {
            subscribers.forEach(Subscriber::goOnIfEnded);
            return acknowledged.size() > killed + 500;
        });

        redis(HOME, "SIGKILL");
        int away = acknowledged.size();
        Link.await("load without Redis", () -> acknowledged.size() > away + 500);
        EmbeddedRedisServer back = EmbeddedRedisServer.start(HOME);
        int again = acknowledged.size();
        Link.await("load with Redis again", () -> acknowledged.size() > again + 500);
        over.set(true);
        posting.forEach(CompletableFuture::join);

        Set<Long> last = new HashSet<>(acknowledged);
        Link.await("all everywhere", () -> {
            subscribers.forEach(Subscriber::goOnIfEnded);
            return subscribers.stream()
                    .allMatch(it -> it.count() >= last.size() && new HashSet<>(it.all()).containsAll(last));
        });
        List<Long> first = subscribers.getFirst().all();
        assertThat(first).doesNotHaveDuplicates().isSorted();
        Link.await("the same everywhere", () -> subscribers.stream()
                .allMatch(it -> it.all().equals(subscribers.getFirst().all())));
        subscribers.forEach(it -> it.link.close());
        back.close();
    }

    /** Ends the process that the folder names, and no other. */
    private static void redis(Path home, String how) throws IOException {
        assertThat(how).isEqualTo("SIGKILL");
        Path pid = home.resolve("redis").resolve("pid");
        long number = Long.parseLong(Files.readString(pid).strip());
        ProcessHandle.of(number).orElseThrow().destroyForcibly();
        Link.await(
                "Redis to end",
                () -> ProcessHandle.of(number).filter(ProcessHandle::isAlive).isEmpty());
    }
}
