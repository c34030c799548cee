package io.sluice.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.cache.CacheKey;
import io.sluice.cache.CachePolicy;
import io.sluice.cache.Cached;
import io.sluice.cache.Cached.Level;
import io.sluice.cache.Codec;
import io.sluice.redis.Redis;
import io.sluice.redis.RedisTest;
import io.sluice.shared.Ids;
import io.sluice.shared.TenantId;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.redisson.client.codec.ByteArrayCodec;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class CacheWithoutRedisTest {

    @RegisterExtension
    static final RedisTest REDIS = new RedisTest();

    private final TenantId acme = new TenantId(Ids.next());
    private final CacheKey bolt = CacheKey.of(acme, "part", "bolt").tagged("part:bolt");
    private final CountingLoader loader = new CountingLoader();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private Redis redis;
    private Node node;

    @BeforeEach
    void startNode() {
        redis = REDIS.connect(registry);
        node = new Node(redis, CacheSettings.standard());
        node.touches.follow(acme, 10);
    }

    @AfterEach
    void closeNode() {
        node.close();
    }

    @Test
    void servesWhileRedisIsStoppedAndUsesItAgainWithoutARestart() throws Exception {
        REDIS.stop();
        try {
            assertThat(node.get(bolt, loader.load()).block()).isEqualTo(new Cached<>("1", Level.MISS));
            assertThat(node.get(bolt, loader.load()).block()).isEqualTo(new Cached<>("1", Level.L1));
            assertThat(node.errors()).isPositive();
            assertThat(redis.available().block()).isFalse();
        } finally {
            REDIS.start();
        }

        Awaitility.await().atMost(Duration.ofSeconds(10)).until(this::isSharedAgain);
    }

    @Test
    void servesWhileRedisStandsStillAndLeavesItAlone() throws Exception {
        REDIS.halt();
        try {
            assertThat(node.get(bolt, loader.load())
                            .block(Duration.ofSeconds(2))
                            .value())
                    .isEqualTo("1");
            assertThat(loader.loads()).isOne();
            missMany(20);
            assertThat(breakerState()).isNotZero();

            long start = System.nanoTime();
            missMany(200);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
        } finally {
            REDIS.goOn();
        }

        Awaitility.await().atMost(Duration.ofSeconds(10)).until(this::isSharedAgain);
        Awaitility.await().until(() -> isSharedAgain() && breakerState() == 0);
    }

    @Test
    void loadsOverACorruptEntryOnce() {
        byte[] garbage = {1, 2, 3};
        redis.request(it ->
                        it.getBucket(bolt.toString(), ByteArrayCodec.INSTANCE).set(garbage))
                .block();

        assertThat(node.get(bolt, loader.load()).block()).isEqualTo(new Cached<>("1", Level.MISS));
        assertThat(loader.loads()).isOne();
        assertThat(node.errors()).isPositive();
        assertThat(entry(bolt)).isNotEqualTo(garbage);
    }

    @Test
    void loadsOverAnEntryThatIsNoValueOnce() {
        Codec<String> picky = Codec.of(Codec.TEXT::encode, bytes -> {
            if (bytes[0] == 'x') {
                throw new IllegalStateException("no value");
            }
            return Codec.TEXT.decode(bytes);
        });
        try (var other = new Node(redis, CacheSettings.standard())) {
            other.touches.follow(acme, 10);
            other.get(bolt, Mono.just("x")).block();
        }

        assertThat(node.cache
                        .get(bolt, CachePolicy.STANDARD, picky, loader.load())
                        .block())
                .isEqualTo(new Cached<>("1", Level.MISS));
        assertThat(loader.loads()).isOne();
    }

    /** Misses that are never kept, one after the other. */
    private void missMany(int count) {
        List<String> values = Flux.range(0, count)
                .concatMap(i -> node.get(CacheKey.of(acme, "part", i), Mono.just("v" + i)))
                .map(Cached::value)
                .collectList()
                .block();
        assertThat(values).hasSize(count);
        node.touches.follow(acme, node.touches.known(acme) + 1);
    }

    private boolean isSharedAgain() {
        CacheKey key = CacheKey.of(acme, "part", Ids.next());
        node.get(key, loader.load()).block();
        return redis.available().block() && breakerState() == 0 && entry(key) != null;
    }

    private byte[] entry(CacheKey key) {
        return redis.request(it -> it.<byte[]>getBucket(key.toString(), ByteArrayCodec.INSTANCE)
                        .get())
                .onErrorComplete()
                .block();
    }

    private double breakerState() {
        return registry.get("sluice_breaker_state").tag("name", "redis").gauge().value();
    }
}
