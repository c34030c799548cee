package io.sluice.postgres;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How PostgreSQL is reached.
 *
 * @param url {@code postgresql://user:password@host:port/database}; absent: the embedded server
 * @param replicaUrl a streaming replica for reads that allow it; absent: the primary
 * @param sslMode as libpq's {@code sslmode}; {@code verify-full} for anything that leaves the machine
 * @param sslRootCert file of the CA that the server's certificate is checked against
 * @param statementLimit after this the server cancels a statement
 * @param replicaLag a replica further behind than this is passed over
 * @param heldReport a connection in use for longer is reported
 * @param heldLimit a connection in use for longer is taken back
 * @param pools sizes by pool name, over the defaults
 */
@ConfigurationProperties("sluice.database")
public record DatabaseSettings(
        @Nullable String url,
        @Nullable String replicaUrl,
        @DefaultValue("prefer") String sslMode,
        @Nullable String sslRootCert,
        @Nullable String sslCert,
        @Nullable String sslKey,
        @DefaultValue("2s") Duration acquireLimit,
        @DefaultValue("30s") Duration idle,
        @DefaultValue("30m") Duration life,
        @DefaultValue("10s") Duration statementLimit,
        @DefaultValue("5s") Duration replicaLag,
        @DefaultValue("30s") Duration heldReport,
        @DefaultValue("5m") Duration heldLimit,
        @DefaultValue Map<String, PoolSize> pools) {

    /** Connections kept at least and at most. */
    public record PoolSize(int minimum, int maximum) {}

    public PoolSize sizeOf(PoolName pool) {
        return pools.getOrDefault(pool.word(), pool.size());
    }
}
