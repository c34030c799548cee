package io.sluice.wiring;

import io.sluice.cache.Invalidation;
import io.sluice.log.LogFollower;
import io.sluice.log.Recorded;
import io.sluice.shared.TenantId;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** Makes cached answers stale by the events that pass. */
@Configuration(proxyBeanMethods = false)
class CacheWiring {

    @Bean
    @Order(-1)
    LogFollower cacheInvalidation(Invalidation invalidation) {
        return new LogFollower() {
            @Override
            public void passed(TenantId tenant, List<Recorded> events) {
                for (Recorded event : events) {
                    invalidation.touched(tenant, event.position(), event.topics());
                }
            }

            @Override
            public void lost(TenantId tenant) {
                invalidation.forget(tenant);
            }
        };
    }
}
