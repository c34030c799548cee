package io.sluice.log.redis;

import io.sluice.log.WakeUps;
import io.sluice.redis.Redis;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The {@link WakeUps}; needs {@link Redis}. */
@Configuration(proxyBeanMethods = false)
public class WakeUpsConfiguration {

    @Bean
    WakeUps wakeUps(Redis redis) {
        return new RedisWakeUps(redis);
    }
}
