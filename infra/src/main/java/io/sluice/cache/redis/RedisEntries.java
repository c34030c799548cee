package io.sluice.cache.redis;

import io.sluice.redis.Redis;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Function;
import org.redisson.api.RBucketReactive;
import org.redisson.api.RedissonReactiveClient;
import org.redisson.client.codec.ByteArrayCodec;
import reactor.core.publisher.Mono;

/** The entries and leases that the nodes share. Every failure is counted, and is {@link Away} to the asker. */
final class RedisEntries {

    private final Redis redis;
    private final Duration lease;
    private final CacheMeters meters;

    /** The right to load a key, until it runs out. */
    record Lease(String key, byte[] token) {}

    /** Redis could not do it. */
    static final class Away extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Away(Throwable cause) {
            super(cause.toString(), cause, false, false);
        }
    }

    RedisEntries(Redis redis, Duration lease, CacheMeters meters) {
        this.redis = redis;
        this.lease = lease;
        this.meters = meters;
    }

    /** Empty when there is no entry. */
    Mono<byte[]> find(String key) {
        return request(client -> bucket(client, key).get());
    }

    Mono<Void> store(String key, byte[] entry, Duration life) {
        return request(client -> bucket(client, key).set(entry, life));
    }

    /** Empty when another one holds it. */
    Mono<Lease> take(String key) {
        return Mono.fromSupplier(() -> new Lease(key + ":lease", token())).filterWhen(this::isTaken);
    }

    private Mono<Boolean> isTaken(Lease wanted) {
        return request(client -> bucket(client, wanted.key()).setIfAbsent(wanted.token(), lease));
    }

    private static byte[] token() {
        return UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** Gives it back unless it has run out and is another one's by now; failing that, it runs out. */
    Mono<Void> release(Lease taken) {
        return request(client -> bucket(client, taken.key()).compareAndSet(taken.token(), null))
                .onErrorComplete()
                .then();
    }

    private <T> Mono<T> request(Function<RedissonReactiveClient, Mono<T>> request) {
        return redis.request(request).doOnError(_ -> meters.error()).onErrorMap(Away::new);
    }

    private static RBucketReactive<byte[]> bucket(RedissonReactiveClient client, String key) {
        return client.getBucket(key, ByteArrayCodec.INSTANCE);
    }
}
