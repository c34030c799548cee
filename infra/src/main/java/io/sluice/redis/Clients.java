package io.sluice.redis;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.config.Config;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/** Makes Redisson's client: it connects when it is first used, so that a Redis that is down does not stop the start. */
final class Clients {

    private static final Duration STEP = Duration.ofMillis(50);
    private static final Duration LONGEST = Duration.ofSeconds(2);

    private Clients() {}

    static RedissonClient open(RedisSettings settings, String url, RedisThreads threads) {
        URI address = URI.create(url);
        if (address.getHost() == null
                || !("redis".equals(address.getScheme()) || "rediss".equals(address.getScheme()))) {
            throw new IllegalArgumentException("sluice.redis.url must look like redis://user:password@host:port");
        }
        var config = new Config();
        config.setLazyInitialization(true);
        config.setCodec(ByteArrayCodec.INSTANCE);
        withoutReferences(config);
        config.setExecutor(threads.executor());
        config.setNettyThreads(Math.max(2, Runtime.getRuntime().availableProcessors()));
        config.setTcpKeepAlive(true);
        config.setTcpNoDelay(true);
        identify(config, address.getRawUserInfo());
        secure(config, settings);
        server(config, settings, address);
        return Redisson.create(config);
    }

    /** Redisson would look each value up for objects of its own, in a map under a lock that event loops wait for. */
    private static void withoutReferences(Config config) {
        config.setReferenceEnabled(false);
    }

    private static void server(Config config, RedisSettings settings, URI address) {
        config.useSingleServer()
                .setAddress(address.getScheme() + "://" + address.getHost() + ":" + portOf(address))
                .setDatabase(databaseOf(address))
                .setClientName("sluice")
                .setConnectionPoolSize(settings.connections())
                .setConnectionMinimumIdleSize(Math.min(2, settings.connections()))
                .setSubscriptionConnectionPoolSize(4)
                .setSubscriptionTimeout(Math.toIntExact(settings.connectLimit().toMillis()))
                .setConnectTimeout(Math.toIntExact(settings.connectLimit().toMillis()))
                .setTimeout(Math.toIntExact(settings.commandLimit().toMillis()))
                .setRetryAttempts(settings.tries() - 1)
                .setRetryDelay(attempt -> delay(attempt + 1L))
                .setReconnectionDelay(attempt -> delay(attempt + 1L));
    }

    /** 50 ms more from one try to the next, 2 s at most. */
    static Duration delay(long attempt) {
        Duration delay = STEP.multipliedBy(Math.clamp(attempt, 1, 1000));
        return delay.compareTo(LONGEST) < 0 ? delay : LONGEST;
    }

    private static int portOf(URI address) {
        return address.getPort() < 0 ? 6379 : address.getPort();
    }

    private static int databaseOf(URI address) {
        String path = address.getPath();
        return path == null || path.length() < 2 ? 0 : Integer.parseInt(path.substring(1));
    }

    private static void identify(Config config, @Nullable String identity) {
        if (identity == null) {
            return;
        }
        int colon = identity.indexOf(':');
        if (colon > 0) {
            config.setUsername(decode(identity.substring(0, colon)));
        }
        config.setPassword(decode(identity.substring(colon + 1)));
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static void secure(Config config, RedisSettings settings) {
        if (settings.sslRootCert() == null && settings.sslCert() == null) {
            return;
        }
        SslManagerBundle managers = SslBundle.of(new PemSslStoreBundle(
                        store(settings.sslCert(), settings.sslKey()), store(settings.sslRootCert(), null)))
                .getManagers();
        if (settings.sslRootCert() != null) {
            config.setSslTrustManagerFactory(managers.getTrustManagerFactory());
        }
        if (settings.sslCert() != null) {
            config.setSslKeyManagerFactory(managers.getKeyManagerFactory());
        }
    }

    private static @Nullable PemSslStoreDetails store(@Nullable String certificate, @Nullable String key) {
        return certificate == null
                ? null
                : new PemSslStoreDetails(null, location(certificate), key == null ? null : location(key));
    }

    private static String location(String file) {
        return Path.of(file).toUri().toString();
    }
}
