package io.sluice.postgres;

import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.transport.Transport;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.util.HashMap;
import java.util.Map;

/** The pipeline's driver, set as the pools' is. */
final class PipelineOptions {

    private static final int STATEMENTS = 64;

    private PipelineOptions() {}

    /** One event loop: it has nothing to do but to write and read a few sockets. */
    static Vertx vertx() {
        var options = new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
        VertxBuilder builder = Vertx.builder().with(options);
        Transport epoll = Transport.EPOLL; // the builder does not look for it
        return epoll != null && epoll.available() ? builder.withTransport(epoll).build() : builder.build();
    }

    static PgConnectOptions connect(PostgresUrl url, DatabaseSettings settings) {
        Map<String, String> session = new HashMap<>(PgConnectOptions.DEFAULT_PROPERTIES);
        session.putAll(Pools.options(PoolName.COMMANDS, settings));
        session.put("application_name", "sluice-pipeline");
        var options = new PgConnectOptions()
                .setHost(url.host())
                .setPort(url.port())
                .setDatabase(url.database())
                .setUser(url.user())
                .setPassword(url.password())
                .setProperties(session)
                .setCachePreparedStatements(true)
                .setPreparedStatementCacheMaxSize(STATEMENTS)
                .setPreparedStatementCacheSqlFilter(_ -> true)
                .setSslMode(SslMode.of(url.sslMode(settings)));
        options.setSslOptions(sslOptions(url, settings));
        return options;
    }

    private static ClientSSLOptions sslOptions(PostgresUrl url, DatabaseSettings settings) {
        var options = new ClientSSLOptions();
        String root = url.sslRootCert(settings);
        if (root != null) {
            options.setTrustOptions(new PemTrustOptions().addCertPath(root));
        } else {
            options.setTrustAll(true);
        }
        if ("verify-full".equals(url.sslMode(settings))) {
            options.setHostnameVerificationAlgorithm("HTTPS");
        }
        if (settings.sslCert() != null && settings.sslKey() != null) {
            options.setKeyCertOptions(
                    new PemKeyCertOptions().addCertPath(settings.sslCert()).addKeyPath(settings.sslKey()));
        }
        return options;
    }
}
