package io.sluice.redis;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import org.redisson.api.RedissonClient;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Redis at {@code sluice.redis.url}, or else the {@link EmbeddedRedisServer} that the application started. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RedisSettings.class)
public class RedisConfiguration {

    @Bean
    RedisThreads redisThreads() {
        return new RedisThreads();
    }

    @Bean(destroyMethod = "shutdown")
    RedissonClient redisson(
            RedisSettings settings, RedisThreads threads, ObjectProvider<EmbeddedRedisServer> embedded) {
        String url = Optional.ofNullable(settings.url())
                .or(() -> embedded.stream().findFirst().map(EmbeddedRedisServer::url))
                .orElseThrow(() -> new IllegalStateException("sluice.redis.url is missing"));
        return Clients.open(settings, url, threads);
    }

    @Bean
    Redis redis(RedissonClient client, RedisSettings settings, MeterRegistry meters) {
        return new Redis(client, settings, meters);
    }
}
