package io.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.cache.Cache;
import io.sluice.cache.CacheKey;
import io.sluice.cache.CachePolicy;
import io.sluice.cache.Cached;
import io.sluice.cache.Cached.Level;
import io.sluice.cache.Codec;
import io.sluice.cache.Invalidation;
import io.sluice.cache.redis.CacheConfiguration;
import io.sluice.log.WakeUps;
import io.sluice.log.redis.WakeUpsConfiguration;
import io.sluice.shared.TenantId;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.redisson.api.RedissonClient;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class RedisConfigurationTest {

    private static final TenantId ACME = TenantId.of("01920000-0000-7000-8000-000000000001");

    @TempDir
    Path home;

    @Test
    void startsAndServesWithoutRedisAndFindsItLater() throws Exception {
        var server = EmbeddedRedisServer.start(home);
        server.close();

        try (var context = context(Map.of("sluice.redis.url", server.url()))) {
            context.getBean(WakeUps.class).announce(ACME, 1);
            context.getBean(Invalidation.class).follow(ACME, 0);
            context.getBean(Cache.class)
                    .get(CacheKey.of(ACME, "part", 1), CachePolicy.STANDARD, Codec.TEXT, Mono.just("bolt"))
                    .as(StepVerifier::create)
                    .expectNext(new Cached<>("bolt", Level.MISS))
                    .verifyComplete();
            assertThat(context.getBean(RedisHealth.class).available().block()).isFalse();

            try (var _ = EmbeddedRedisServer.start(home)) {
                Awaitility.await()
                        .until(() ->
                                context.getBean(RedisHealth.class).available().block());
            }
        }
    }

    @Test
    void usesTheEmbeddedServerWhenThereIsNoUrlAndClosesItsClient() throws Exception {
        RedissonClient client;
        try (var server = EmbeddedRedisServer.start(home);
                var context = context(Map.of(), server)) {
            client = context.getBean(RedissonClient.class);
            Awaitility.await()
                    .until(() -> context.getBean(RedisHealth.class).available().block());
        }

        assertThat(client.isShutdown()).isTrue();
    }

    @Test
    void namesTheSettingThatIsMissing() {
        assertThatThrownBy(() -> context(Map.of())).hasRootCauseMessage("sluice.redis.url is missing");
    }

    private static AnnotationConfigApplicationContext context(
            Map<String, Object> settings, EmbeddedRedisServer... servers) {
        var context = new AnnotationConfigApplicationContext();
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", settings));
        context.registerBean(MeterRegistry.class, SimpleMeterRegistry::new);
        for (EmbeddedRedisServer server : servers) {
            context.registerBean(EmbeddedRedisServer.class, () -> server);
        }
        context.registerBean(Clock.class, Clock::systemUTC);
        context.register(RedisConfiguration.class, CacheConfiguration.class, WakeUpsConfiguration.class);
        context.refresh();
        return context;
    }
}
