package io.sluice.wiring;

import io.sluice.cache.Invalidation;
import io.sluice.log.LogFollower;
import io.sluice.log.Recorded;
import io.sluice.redis.EmbeddedRedisServer;
import io.sluice.shared.TenantId;
import java.nio.file.Path;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Makes cached answers stale by the events that pass. */
@Configuration(proxyBeanMethods = false)
class CacheWiring {

    /** Where no Redis is named, and PostgreSQL is the embedded one, too, a Redis of our own stands in. */
    @Bean
    @Conditional(EmbeddedRedis.class)
    EmbeddedRedisServer embeddedRedis(@Value("${sluice.home:.sluice}") Path home) {
        return EmbeddedRedisServer.start(home);
    }

    static final class EmbeddedRedis implements Condition {

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return isMissing(context, "sluice.redis.url") && isMissing(context, "sluice.database.url");
        }

        private static boolean isMissing(ConditionContext context, String name) {
            String value = context.getEnvironment().getProperty(name);
            return value == null || value.isBlank();
        }
    }

    @Bean
    @Order(-1)
    LogFollower cacheInvalidation(Invalidation invalidation) {
        return new LogFollower() {
            @Override
            public void followed(TenantId tenant, long head) {
                invalidation.follow(tenant, head);
            }

            @Override
            public void passed(TenantId tenant, List<Recorded> events) {
                for (Recorded event : events) {
                    invalidation.touched(tenant, event.position(), event.topics());
                }
            }

            @Override
            public void announced(TenantId tenant, long head) {
                invalidation.suspect(tenant, head);
            }

            @Override
            public void caughtUp(TenantId tenant, long head) {
                invalidation.settled(tenant, head);
            }

            @Override
            public void lost(TenantId tenant) {
                invalidation.forget(tenant);
            }
        };
    }
}
