package io.sluice.postgres;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;

/** Opens PostgreSQL: the named one, or the embedded one; migrates it; makes the pools. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DatabaseSettings.class)
public class PostgresConfiguration {

    /** Where the server is; closing it stops the embedded one. */
    record Server(String url, @Nullable EmbeddedPostgresServer embedded) implements Closeable {

        @Override
        public void close() throws IOException {
            if (embedded != null) {
                embedded.close();
            }
        }
    }

    @Bean
    Server postgresServer(DatabaseSettings settings, @Value("${sluice.home:.sluice}") Path home) {
        if (settings.url() != null) {
            return new Server(settings.url(), null);
        }
        EmbeddedPostgresServer embedded = EmbeddedPostgresServer.start(home);
        return new Server(embedded.url(), embedded);
    }

    @Bean(destroyMethod = "")
    Pools pools(Server server, DatabaseSettings settings, MeterRegistry meters) {
        Migration.run(server.url(), settings);
        return new Pools(settings, server.url(), meters);
    }

    @Bean
    DatabaseMeters databaseMeters(MeterRegistry meters) {
        return new DatabaseMeters(meters);
    }

    @Bean
    Holdings holdings(DatabaseSettings settings, DatabaseMeters meters) {
        return new Holdings(settings, meters);
    }

    @Bean
    Database database(Pools pools, Holdings holdings, DatabaseSettings settings, DatabaseMeters meters) {
        return new Database(pools, holdings, settings, meters);
    }

    @Bean
    @DependsOn("pools")
    Pipeline pipeline(Server server, DatabaseSettings settings, MeterRegistry meters) {
        return new Pipeline(
                PipelineOptions.vertx(),
                PipelineOptions.connect(PostgresUrl.parse(server.url()), settings),
                settings,
                meters);
    }

    @Bean
    DatabaseFigures databaseFigures(Pools pools, Database database) {
        return new PostgresFigures(pools, database);
    }

    @Bean
    PoolsLifecycle poolsLifecycle(Pools pools) {
        return new PoolsLifecycle(pools);
    }
}
