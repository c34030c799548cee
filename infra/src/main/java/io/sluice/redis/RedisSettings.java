package io.sluice.redis;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How Redis is reached.
 *
 * @param url {@code redis://user:password@host:port/database}, or {@code rediss://} for TLS with the certificate and
 *     the host name checked; absent: the embedded server
 * @param sslRootCert PEM file of the CA that the server's certificate is checked against; absent: the JVM's
 * @param sslCert PEM file of the certificate that this node shows
 * @param sslKey PEM file of its key
 * @param commandLimit a command that takes longer counts as failed
 * @param tries how often a command is sent within that time
 */
@ConfigurationProperties("sluice.redis")
public record RedisSettings(
        @Nullable String url,
        @Nullable String sslRootCert,
        @Nullable String sslCert,
        @Nullable String sslKey,
        @DefaultValue("5s") Duration connectLimit,
        @DefaultValue("250ms") Duration commandLimit,
        @DefaultValue("3") int tries,
        @DefaultValue("16") int connections) {

    /** The defaults, for the server at the address. */
    public static RedisSettings at(String url) {
        return new RedisSettings(url, null, null, null, Duration.ofSeconds(5), Duration.ofMillis(250), 3, 16);
    }
}
