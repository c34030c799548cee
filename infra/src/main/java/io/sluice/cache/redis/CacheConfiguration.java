package io.sluice.cache.redis;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.cache.Cache;
import io.sluice.redis.Redis;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The {@link Cache} and the {@link io.sluice.cache.Invalidation} that keeps it true; needs {@link Redis}. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CacheSettings.class)
public class CacheConfiguration {

    @Bean
    Touches invalidation(CacheSettings settings) {
        return new Touches(settings.touches());
    }

    @Bean
    Refreshes refreshes() {
        return new Refreshes();
    }

    @Bean
    Cache cache(
            Touches touches,
            Refreshes refreshes,
            Redis redis,
            CacheSettings settings,
            Clock clock,
            MeterRegistry registry) {
        var meters = new CacheMeters(registry);
        var entries = new RedisEntries(redis, settings.lease(), meters);
        return new TieredCache(touches, entries, refreshes, meters, settings, clock);
    }
}
