package io.sluice.log.rsocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.load.Site;
import io.sluice.postgres.EmbeddedPostgresServer;
import io.sluice.redis.EmbeddedRedisServer;
import io.sluice.testing.Owner;
import io.sluice.testing.Server;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Three nodes in processes of their own under load; one is killed, and Redis goes and comes back. A fourth dies importing. */
class ClusterIT {

    private static final Duration START = Duration.ofSeconds(90);
    private static final int STAGE = 500;
    private static final List<Node> NODES = new ArrayList<>();
    private static Path home = Path.of("");
    private static EmbeddedRedisServer redis;

    private record Node(Process process, int port) {

        static Node start() throws IOException {
            int port;
            try (var free = new ServerSocket(0)) {
                port = free.getLocalPort();
            }
            Path shared = Server.shared().home();
            var builder = new ProcessBuilder(
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
                            "--sluice.home=" + shared,
                            "--sluice.demo=false",
                            "--sluice.streams.connects-per-address=100000")
                    .redirectErrorStream(true)
                    .redirectOutput(home.resolve("node-" + port + ".log").toFile());
            builder.environment()
                    .putAll(Map.of(
                            "SLUICE_DATABASE_URL",
                                    EmbeddedPostgresServer.start(shared).url(),
                            "SLUICE_REDIS_URL", redis.url(),
                            "SLUICE_MASTER_KEY",
                                    Files.readString(shared.resolve("master.key"))
                                            .strip()));
            return new Node(builder.start(), port);
        }

        boolean isAlive() {
            return process.isAlive();
        }

        /** A killed process is alive for a moment after its sockets are gone. */
        boolean endsSoon() {
            try {
                return process.waitFor(5, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        boolean isUp() {
            URI health = URI.create("http://127.0.0.1:" + port + "/health");
            try (HttpClient client = HttpClient.newHttpClient()) {
                return client.send(HttpRequest.newBuilder(health).build(), HttpResponse.BodyHandlers.discarding())
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
        home = Files.createTempDirectory("sluice-cluster");
        redis = EmbeddedRedisServer.start(home);
        for (int i = 0; i < 3; i++) {
            NODES.add(Node.start());
        }
        awaitUp(NODES);
    }

    private static void awaitUp(List<Node> nodes) {
        long deadline = System.nanoTime() + START.toNanos();
        while (!nodes.stream().allMatch(Node::isUp)) {
            assertThat(nodes).as("logs in %s", home).allMatch(Node::isAlive);
            assertThat(System.nanoTime()).as("the nodes start in time").isLessThan(deadline);
            LockSupport.parkNanos(100_000_000);
        }
    }

    @AfterAll
    static void stop() throws IOException {
        NODES.forEach(node -> node.process().destroyForcibly());
        redis.close();
    }

    /** A subscriber that goes on at the next node when its own is gone. */
    private static final class Subscriber {

        private final String token;
        private final List<Long> before = new ArrayList<>();
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
            if (!stream.isOver()) {
                return;
            }
            List<Long> here = stream.positions();
            before.addAll(here);
            position = here.isEmpty() ? position : here.getLast();
            do {
                node++;
            } while (!NODES.get(node % NODES.size()).isAlive());
            link.close();
            link = open();
            stream = subscribe();
        }

        int count() {
            return before.size() + stream.count();
        }

        List<Long> all() {
            var all = new ArrayList<>(before);
            all.addAll(stream.positions());
            return all;
        }
    }

    /** Posts to one node until it is killed or told to end. */
    private static final class Publisher {

        private final Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
        private final Queue<String> refused = new ConcurrentLinkedQueue<>();
        private final List<Thread> threads;
        private volatile boolean ending;

        Publisher(String token, List<Site.Row> rows) {
            threads = NODES.stream()
                    .map(node -> Thread.ofVirtual().start(() -> {
                        while (!ending && node.isAlive()) {
                            post(node, token, rows);
                        }
                    }))
                    .toList();
        }

        private void post(Node node, String token, List<Site.Row> rows) {
            try {
                Link.post(node.port(), token, rows, 20).forEach(this::take);
            } catch (UncheckedIOException e) {
                if (!node.endsSoon()) {
                    refused.add(e.toString());
                }
            }
        }

        private void take(String line) {
            long position =
                    Link.JSON.readTree(line).path("movement").path("position").asLong(0);
            if (position == 0) {
                refused.add(line);
            } else {
                acknowledged.add(position);
            }
        }

        /** Waits for as many acknowledged again as a stage of the test needs. */
        void stage(String what, Runnable meanwhile) {
            int from = acknowledged.size();
            Link.await(what, () -> {
                meanwhile.run();
                assertThat(refused).as(what).isEmpty();
                return acknowledged.size() >= from + STAGE;
            });
        }

        void end() throws InterruptedException {
            ending = true;
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(refused).isEmpty();
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
        Runnable goOn = () -> subscribers.forEach(Subscriber::goOnIfEnded);
        var publisher = new Publisher(token, rows);
        publisher.stage("load on three nodes", goOn);

        NODES.getFirst().process().destroyForcibly().waitFor();
        publisher.stage("load on two nodes", goOn);

        killRedis();
        publisher.stage("load without Redis", goOn);
        redis = EmbeddedRedisServer.start(home);
        publisher.stage("load with Redis again", goOn);
        publisher.end();

        List<Long> stored = Owner.query(
                "SELECT position FROM event WHERE tenant_id = ? ORDER BY position",
                row -> row.getLong(1),
                tenant.id().value());
        assertThat(stored)
                .containsAll(publisher.acknowledged)
                .isEqualTo(LongStream.rangeClosed(1, stored.size()).boxed().toList());
        List<Long> streamed =
                stored.stream().filter(position -> position > from).toList();
        Link.await("all everywhere", () -> {
            goOn.run();
            return subscribers.stream().allMatch(it -> it.count() >= streamed.size());
        });
        assertThat(subscribers).allSatisfy(it -> assertThat(it.all()).isEqualTo(streamed));
        subscribers.forEach(it -> it.link.close());
    }

    /** The lease is let run out by hand: it lasts half a minute. */
    @Test
    void endsAnImportWhoseNodeIsKilledInItsMidst() throws IOException, InterruptedException {
        TestTenant tenant = Tenants.fresh();
        tenant.admin()
                .post("/api/locations", Map.of("code", "W1", "name", "W1"))
                .expectStatus()
                .isCreated();
        Node node = Node.start();
        awaitUp(List.of(node));

        UUID id = sent(node, tenant.admin().token(), LINES);
        Link.await("a part of the lines", () -> importOf(id).applied() >= 500);
        node.process().destroyForcibly().waitFor();
        ImportRow left = importOf(id);
        Owner.update("UPDATE import SET lease_until = now() WHERE id = ?", id);
        Link.await("another node to end it", () -> !importOf(id).state().equals("RUNNING"));

        assertThat(left.state()).isEqualTo("RUNNING");
        assertThat(left.applied()).isLessThan(LINES);
        ImportRow ended = importOf(id);
        assertThat(ended.state()).isEqualTo("SUCCEEDED");
        assertThat(ended.node()).isNotEqualTo(left.node());
        assertThat(ended.applied()).isEqualTo(LINES);
        assertThat(Owner.query(
                        "SELECT number FROM import_line WHERE import_id = ? AND outcome = 'APPLIED' ORDER BY number",
                        row -> row.getLong(1),
                        id))
                .isEqualTo(LongStream.range(2, LINES + 2).boxed().toList());
        assertThat(Owner.count(
                        "SELECT count(*) FROM movement WHERE tenant_id = ? AND type = 'ISSUE'",
                        tenant.id().value()))
                .isEqualTo(LINES);
        assertThat(Owner.count(
                        "SELECT sum(quantity) FROM stock WHERE tenant_id = ?",
                        tenant.id().value()))
                .isZero();
    }

    private static final int LINES = 3_000;

    private record ImportRow(String state, String node, long applied) {}

    private static ImportRow importOf(UUID id) {
        return Owner.query(
                        "SELECT state, node, coalesce((counters ->> 'applied')::bigint, 0) FROM import WHERE id = ?",
                        row -> new ImportRow(row.getString(1), String.valueOf(row.getString(2)), row.getLong(3)),
                        id)
                .getFirst();
    }

    /** A file of so many sales of one piece, at a pace that leaves time to kill its node. */
    private static UUID sent(Node node, String token, int lines) throws IOException, InterruptedException {
        String file = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
                + IntStream.rangeClosed(1, lines)
                        .mapToObj(i -> i + ",A,HEART,1,12/1/2010 8:26,1.5,17850,United Kingdom\n")
                        .collect(Collectors.joining());
        URI imports = URI.create("http://127.0.0.1:" + node.port()
                + "/api/imports/retail?mode=LEDGER&opening=AUTO&location=W1&pace=1000");
        try (HttpClient client = HttpClient.newHttpClient()) {
            String answer = client.send(
                            HttpRequest.newBuilder(imports)
                                    .header("Authorization", "Bearer " + token)
                                    .header("Content-Type", "text/csv")
                                    .POST(HttpRequest.BodyPublishers.ofString(file))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            return UUID.fromString(Link.JSON.readTree(answer).path("id").asString());
        }
    }

    private static void killRedis() throws IOException {
        long pid = Long.parseLong(
                Files.readString(home.resolve("redis").resolve("pid")).strip());
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        process.destroyForcibly();
        process.onExit().join();
    }
}
