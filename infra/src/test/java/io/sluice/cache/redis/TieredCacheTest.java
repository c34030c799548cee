package io.sluice.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cache.CacheKey;
import io.sluice.cache.CachePolicy;
import io.sluice.cache.CachePolicy.Mode;
import io.sluice.cache.Cached;
import io.sluice.cache.Cached.Level;
import io.sluice.cache.Codec;
import io.sluice.redis.Redis;
import io.sluice.redis.RedisTest;
import io.sluice.shared.Ids;
import io.sluice.shared.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.redisson.client.codec.ByteArrayCodec;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.PublisherProbe;
import reactor.test.publisher.TestPublisher;

class TieredCacheTest {

    @RegisterExtension
    static final RedisTest REDIS = new RedisTest();

    private static final CacheSettings QUICK = new CacheSettings(
            1000, Duration.ofSeconds(60), 1_000_000, 100, 1000, Duration.ofSeconds(10), Duration.ofMillis(300));

    private static Redis redis;
    private static Redis otherRedis;

    private final TenantId acme = new TenantId(Ids.next());
    private final CacheKey bolt = CacheKey.of(acme, "part", "bolt").tagged("part:bolt");
    private final CountingLoader loader = new CountingLoader();
    private Node node;
    private Node other;

    @BeforeAll
    static void connect() {
        redis = REDIS.connect();
        otherRedis = REDIS.connect();
    }

    @BeforeEach
    void startNodes() {
        node = new Node(redis, CacheSettings.standard());
        other = new Node(otherRedis, CacheSettings.standard());
        node.touches.follow(acme, 10);
        other.touches.follow(acme, 10);
    }

    @AfterEach
    void closeNodes() {
        node.close();
        other.close();
    }

    @Test
    void servesTheSameValueAgainWithoutTheLoader() {
        assertThat(node.get(bolt, loader.load()).block()).isEqualTo(new Cached<>("1", Level.MISS));
        assertThat(node.get(bolt, loader.load()).block()).isEqualTo(new Cached<>("1", Level.L1));

        assertThat(node.requests("miss", "value")).isOne();
        assertThat(node.requests("l1", "value")).isOne();
        assertThat(node.registry.get("sluice_cache_load_seconds").timer().count())
                .isOne();
    }

    @Test
    void servesWhatAnotherNodeLoadedWithTheSameTypes() {
        Codec<List<Integer>> codec =
                Codec.of(list -> list.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8), bytes -> Codec.TEXT
                        .decode(bytes)
                        .chars()
                        .filter(Character::isDigit)
                        .map(it -> it - '0')
                        .boxed()
                        .toList());
        node.cache
                .get(bolt, CachePolicy.STANDARD, codec, Mono.just(List.of(1, 2)))
                .block();

        var first = other.cache
                .get(bolt, CachePolicy.STANDARD, codec, Mono.error(new AssertionError()))
                .block();
        var second = other.cache
                .get(bolt, CachePolicy.STANDARD, codec, Mono.error(new AssertionError()))
                .block();

        assertThat(first).isEqualTo(new Cached<>(List.of(1, 2), Level.L2));
        assertThat(second).isEqualTo(new Cached<>(List.of(1, 2), Level.L1));
    }

    @Test
    void keepsThatThereIsNothing() {
        node.get(bolt, Mono.empty()).as(StepVerifier::create).verifyComplete();

        node.get(bolt, loader.load()).as(StepVerifier::create).verifyComplete();
        other.get(bolt, loader.load()).as(StepVerifier::create).verifyComplete();
        assertThat(loader.loads()).isZero();
        assertThat(node.requests("l1", "absent")).isOne();
        assertThat(other.requests("l2", "absent")).isOne();
    }

    @Test
    void keepsAnEmptyTextAsAValue() {
        node.get(bolt, Mono.just("")).block();

        assertThat(other.get(bolt, loader.load()).block()).isEqualTo(new Cached<>("", Level.L2));
    }

    @Test
    void keepsNothingWithALifeOfZero() {
        node.get(bolt, CachePolicy.lasting(Duration.ZERO), loader.load()).block();

        assertThat(node.get(bolt, loader.load()).block()).isEqualTo(new Cached<>("2", Level.MISS));
    }

    @Test
    void recomputesAndOverwritesOnNoCache() {
        node.get(bolt, loader.load()).block();

        assertThat(node.get(bolt, CachePolicy.STANDARD.in(Mode.NO_CACHE), loader.load())
                        .block())
                .isEqualTo(new Cached<>("2", Level.BYPASS));
        assertThat(node.get(bolt, loader.load()).block()).isEqualTo(new Cached<>("2", Level.L1));
        assertThat(other.get(bolt, loader.load()).block()).isEqualTo(new Cached<>("2", Level.L2));
    }

    @Test
    void neitherReadsNorWritesOnNoStore() {
        node.get(bolt, loader.load()).block();

        assertThat(node.get(bolt, CachePolicy.STANDARD.in(Mode.NO_STORE), loader.load())
                        .block())
                .isEqualTo(new Cached<>("2", Level.BYPASS));
        assertThat(node.get(bolt, loader.load()).block()).isEqualTo(new Cached<>("1", Level.L1));
    }

    @Test
    void servesButDoesNotKeepWhatIsTooLarge() {
        String large = "x".repeat(1_000_001);

        assertThat(node.get(bolt, Mono.just(large)).block()).isEqualTo(new Cached<>(large, Level.MISS));
        assertThat(node.get(bolt, loader.load()).block()).isEqualTo(new Cached<>("1", Level.MISS));
    }

    @Test
    void servesButDoesNotKeepWhatCannotBeWritten() {
        Codec<String> broken = Codec.of(
                _ -> {
                    throw new IllegalStateException("cannot be written");
                },
                Codec.TEXT::decode);

        assertThat(node.cache
                        .get(bolt, CachePolicy.STANDARD, broken, loader.load())
                        .block())
                .isEqualTo(new Cached<>("1", Level.MISS));
        assertThat(node.errors()).isOne();
        assertThat(node.get(bolt, loader.load()).block()).isEqualTo(new Cached<>("2", Level.MISS));
    }

    @Test
    void endsAnEntryInBothLevelsAtItsOwnLife() {
        node.get(bolt, CachePolicy.lasting(Duration.ofSeconds(10)), loader.load())
                .block();
        assertThat(lifeInRedis(bolt)).isBetween(Duration.ofMillis(8_000), Duration.ofMillis(11_000));

        node.clock.goOn(Duration.ofSeconds(12));
        assertThat(node.get(bolt, loader.load()).block()).isEqualTo(new Cached<>("2", Level.MISS));
    }

    @Test
    void givesAbsentAndLongEntriesFiveMinutesAtMost() {
        var hour = CachePolicy.lasting(Duration.ofHours(1));
        var screw = CacheKey.of(acme, "part", "screw");
        node.get(bolt, hour, Mono.empty()).block();
        node.get(screw, hour, Mono.just("x".repeat(100_001))).block();

        assertThat(lifeInRedis(bolt)).isBetween(Duration.ofSeconds(265), Duration.ofSeconds(331));
        assertThat(lifeInRedis(screw)).isBetween(Duration.ofSeconds(265), Duration.ofSeconds(331));
    }

    @Test
    void spreadsTheEndsOfEntriesByATenth() {
        List<CacheKey> keys = IntStream.range(0, 40)
                .mapToObj(i -> CacheKey.of(acme, "part", i))
                .toList();
        Flux.fromIterable(keys).concatMap(key -> node.get(key, loader.load())).blockLast();

        List<Long> lives =
                keys.stream().map(key -> lifeInRedis(key).toSeconds()).toList();
        assertThat(lives).allSatisfy(life -> assertThat(life).isBetween(265L, 331L));
        assertThat(lives.stream().distinct().count()).isGreaterThan(10);
    }

    @Test
    void loadsAgainOnEveryNodeAfterAnEventOfATag() {
        node.get(bolt, loader.load()).block();
        other.get(bolt, loader.load()).block();

        node.touches.touched(acme, 11, List.of("stock", "part:bolt"));
        other.touches.touched(acme, 11, List.of("stock", "part:bolt"));

        assertThat(other.get(bolt, loader.load()).block()).isEqualTo(new Cached<>("2", Level.MISS));
        assertThat(node.get(bolt, loader.load()).block()).isEqualTo(new Cached<>("2", Level.L2));
    }

    @Test
    void keepsEntriesThatNoEventTouched() {
        node.get(bolt, loader.load()).block();

        node.touches.touched(acme, 11, List.of("stock", "part:nut"));

        assertThat(node.get(bolt, loader.load()).block()).isEqualTo(new Cached<>("1", Level.L1));
    }

    @Test
    void ignoresWhatAnotherNodeLoadedBeforeAnEventHeardHere() {
        node.get(bolt, loader.load()).block();

        other.touches.touched(acme, 11, List.of("part:bolt"));

        assertThat(other.get(bolt, loader.load()).block()).isEqualTo(new Cached<>("2", Level.MISS));
    }

    @Test
    void neverServesAnOlderLoadInFlightAsFreshNorWaitsForIt() {
        Sinks.One<String> old = Sinks.one();
        var before = node.get(bolt, old.asMono()).toFuture();
        Awaitility.await().until(() -> old.currentSubscriberCount() == 1);

        node.touches.touched(acme, 11, List.of("part:bolt"));
        other.touches.touched(acme, 11, List.of("part:bolt"));
        var start = System.nanoTime();
        assertThat(node.get(bolt, Mono.just("new")).block()).isEqualTo(new Cached<>("new", Level.MISS));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
        old.tryEmitValue("old");

        assertThat(before.join().value()).isEqualTo("old");
        assertThat(node.get(bolt, loader.load()).block()).isEqualTo(new Cached<>("new", Level.L1));
        assertThat(other.get(bolt, loader.load()).block()).isEqualTo(new Cached<>("new", Level.L2));
    }

    @Test
    void neverPutsBackALoadThatAnEventOvertook() {
        Sinks.One<String> old = Sinks.one();
        var before = node.get(bolt, old.asMono()).toFuture();
        Awaitility.await().until(() -> old.currentSubscriberCount() == 1);

        node.touches.touched(acme, 11, List.of("part:bolt"));
        old.tryEmitValue("old");
        before.join();

        assertThat(node.get(bolt, loader.load()).block()).isEqualTo(new Cached<>("1", Level.MISS));
    }

    @Test
    void passesThroughForATenantThatIsNotFollowed() {
        node.get(bolt, loader.load()).block();
        node.touches.forget(acme);

        assertThat(node.get(bolt, loader.load()).block()).isEqualTo(new Cached<>("2", Level.BYPASS));
        node.touches.follow(acme, 11);
        assertThat(node.get(bolt, loader.load()).block()).isEqualTo(new Cached<>("3", Level.MISS));
    }

    @Test
    void keepsTenantsApart() {
        var rival = new TenantId(Ids.next());
        node.touches.follow(rival, 10);
        node.get(bolt, loader.load()).block();

        assertThat(node.get(CacheKey.of(rival, "part", "bolt"), loader.load()).block())
                .isEqualTo(new Cached<>("2", Level.MISS));
    }

    @Test
    void runsOneLoaderForTwoHundredMissesInTheCluster() {
        Mono<String> slow = Mono.delay(Duration.ofMillis(200)).then(loader.load());

        List<String> values = Flux.range(0, 200)
                .flatMap(i -> (i % 2 == 0 ? node : other).get(bolt, slow).subscribeOn(Schedulers.parallel()), 200)
                .map(Cached::value)
                .collectList()
                .block();

        assertThat(values).hasSize(200).containsOnly("1");
        assertThat(loader.loads()).isOne();
    }

    @Test
    void tellsAFailureToThoseWhoWaitOnceAndTriesAgainForTheNext() {
        TestPublisher<String> failing = TestPublisher.create();
        var first = node.get(bolt, failing.mono()).toFuture();
        var second = node.get(bolt, failing.mono()).toFuture();
        Awaitility.await().until(failing::wasSubscribed);

        failing.error(new IllegalStateException("no database"));

        assertThat(first).failsWithin(Duration.ofSeconds(5)).withThrowableThat().withMessageContaining("no database");
        assertThat(second)
                .failsWithin(Duration.ofSeconds(5))
                .withThrowableThat()
                .withMessageContaining("no database");
        assertThat(failing.subscribeCount()).isOne();
        assertThat(node.requests("miss", "failed")).isEqualTo(2);
        assertThat(node.get(bolt, loader.load()).block()).isEqualTo(new Cached<>("1", Level.MISS));
    }

    @Test
    void loadsAgainAtOnceForACallerThatTriesAgainOnFailure() {
        Mono<Cached<String>> read = node.get(
                bolt,
                Mono.defer(() -> loader.loads() == 0
                        ? loader.load().flatMap(_ -> Mono.error(new IllegalStateException("once")))
                        : loader.load()));

        read.retry(1)
                .as(StepVerifier::create)
                .expectNext(new Cached<>("2", Level.MISS))
                .verifyComplete();
    }

    @Test
    void letsOneWaitingCallerGoWithoutFailingTheOthers() {
        TestPublisher<String> slow = TestPublisher.create();
        var leaving = node.get(bolt, slow.mono()).subscribe();
        var staying = node.get(bolt, slow.mono()).toFuture();
        Awaitility.await().until(slow::wasSubscribed);

        leaving.dispose();
        slow.assertWasNotCancelled();
        slow.emit("1");

        assertThat(staying.join()).isEqualTo(new Cached<>("1", Level.MISS));
    }

    @Test
    void cancelsTheLoadWhenAllHaveGoneAndLeavesNoLeaseBehind() {
        PublisherProbe<String> never = PublisherProbe.of(Mono.never());
        var one = node.get(bolt, never.mono()).subscribe();
        var two = node.get(bolt, never.mono()).subscribe();
        Awaitility.await().until(never::wasSubscribed);

        one.dispose();
        two.dispose();

        never.assertWasCancelled();
        assertThat(other.get(bolt, loader.load()).block()).isEqualTo(new Cached<>("1", Level.MISS));
    }

    @Test
    void loadsByItselfWhenTheOneWithTheLeaseDoesNotComeBack() {
        try (var impatient = new Node(redis, QUICK)) {
            impatient.touches.follow(acme, 10);
            var lease = RedisEntries.Lease.of(bolt.toString(), 1, 1, 10);
            redis.request(it -> it.getBucket(lease.key(), ByteArrayCodec.INSTANCE)
                            .set(lease.token(), Duration.ofSeconds(30)))
                    .block();

            assertThat(impatient.get(bolt, loader.load()).block()).isEqualTo(new Cached<>("1", Level.MISS));
        }
    }

    @Test
    void refreshesOnceInTheBackgroundAfterFourFifthsOfTheLife() {
        var policy = CachePolicy.lasting(Duration.ofSeconds(20));
        node.get(bolt, policy, loader.load()).block();
        node.clock.goOn(Duration.ofSeconds(14));
        Awaitility.await().during(Duration.ofMillis(100)).until(() -> value(policy)
                .equals("1"));

        node.clock.goOn(Duration.ofMillis(3_700));
        node.get(bolt, policy, loader.load()).block();
        Awaitility.await().until(() -> value(policy).equals("2"));

        Awaitility.await().during(Duration.ofMillis(100)).until(() -> value(policy)
                .equals("2"));
        assertThat(node.requests("miss", "value")).isOne();
    }

    @Test
    void keepsTheOldValueWhenARefreshFailsAndDoesNotTryAgain() {
        var policy = CachePolicy.lasting(Duration.ofSeconds(20));
        node.get(bolt, policy, loader.load()).block();
        node.clock.goOn(Duration.ofMillis(17_700));
        PublisherProbe<String> failing = PublisherProbe.of(Mono.error(new IllegalStateException("no database")));

        node.get(bolt, policy, failing.mono()).block();
        Awaitility.await().until(failing::wasSubscribed);

        Awaitility.await()
                .during(Duration.ofMillis(100))
                .until(() ->
                        node.get(bolt, policy, failing.mono()).block().value().equals("1"));
        assertThat(failing.subscribeCount()).isOne();
    }

    @Test
    void givesTheLoaderTheContextOfItsCaller() {
        var read = node.get(bolt, Mono.deferContextual(context -> Mono.just(context.<String>get("caller"))));

        assertThat(read.contextWrite(context -> context.put("caller", "ann"))
                        .block()
                        .value())
                .isEqualTo("ann");
    }

    private String value(CachePolicy policy) {
        return node.get(bolt, policy, loader.load()).block().value();
    }

    private static Duration lifeInRedis(CacheKey key) {
        return Duration.ofMillis(redis.request(it ->
                        it.getBucket(key.toString(), ByteArrayCodec.INSTANCE).remainTimeToLive())
                .block());
    }
}
