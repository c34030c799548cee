package io.sluice.testing;

import io.sluice.Application;
import io.sluice.postgres.EmbeddedPostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.test.web.reactive.server.WebTestClient;

/**
 * The whole application on a free port, with a real PostgreSQL that does not wait for the disk. Started by the first
 * test that asks, stopped with the JVM.
 */
public final class Server implements AutoCloseable {

    private static final class Holder {
        private static final Server SHARED = new Server();
    }

    private final Path home;
    private final ConfigurableApplicationContext context;
    private final WebTestClient client;

    private Server() {
        try {
            home = Files.createTempDirectory("sluice-test");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // The application finds the folder served already, so it takes this server instead of a durable one.
        EmbeddedPostgresServer.start(
                home, Map.of("fsync", "off", "synchronous_commit", "off", "full_page_writes", "off"));
        context = start(
                home,
                List.of("--sluice.streams.connects-per-address=1000000", "--sluice.streams.messages-per-user=1000000"));
        client = clientOf(port());
    }

    private Server(Path home, List<String> settings) {
        this.home = home;
        context = start(home, settings);
        client = clientOf(port());
    }

    private static ConfigurableApplicationContext start(Path home, List<String> settings) {
        List<String> all = new ArrayList<>(List.of(
                "--server.port=0",
                "--sluice.home=" + home,
                "--sluice.demo=false",
                "--spring.netty.leak-detection=simple",
                "--sluice.access.address-failures=100000"));
        all.removeIf(given -> settings.stream().anyMatch(it -> nameOf(it).equals(nameOf(given))));
        all.addAll(settings);
        var application = new SpringApplication(Application.class);
        application.addInitializers(Server::withOwnLoops);
        return application.run(all.toArray(String[]::new));
    }

    private static String nameOf(String argument) {
        return argument.substring(0, argument.indexOf('='));
    }

    /** The event loops that Reactor Netty shares would end with the first server that is closed. */
    private static void withOwnLoops(ConfigurableApplicationContext context) {
        ((GenericApplicationContext) context).registerBean(ReactorResourceFactory.class, () -> {
            var resources = new ReactorResourceFactory();
            resources.setUseGlobalResources(false);
            return resources;
        });
    }

    private static WebTestClient clientOf(int port) {
        return WebTestClient.bindToServer()
                .baseUrl("http://localhost:" + port)
                .responseTimeout(Duration.ofSeconds(30))
                .codecs(it -> it.defaultCodecs().maxInMemorySize(16 << 20))
                .build();
    }

    public static Server shared() {
        return Holder.SHARED;
    }

    /** Another node over the same data, with settings of its own; closed by who asked for it. */
    public static Server another(String... settings) {
        return new Server(shared().home, List.of(settings));
    }

    @Override
    public void close() {
        context.close();
    }

    public int port() {
        return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    /** The server's own folder. */
    public Path home() {
        return home;
    }

    /** Calls the server without an identity. */
    public WebTestClient client() {
        return client;
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }
}
