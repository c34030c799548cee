package io.sluice.cache.redis;

import io.sluice.redis.Redis;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongPredicate;
import org.redisson.api.RBucketReactive;
import org.redisson.api.RedissonReactiveClient;
import org.redisson.client.codec.ByteArrayCodec;
import reactor.core.publisher.Mono;

/** The entries and leases that the nodes share. Every failure is counted, and is {@link Away} to the asker. */
final class RedisEntries {

    private final Redis redis;
    private final Duration lease;
    private final CacheMeters meters;
    /** Made once: asking for randomness reads a file, which no event loop may do. */
    private final long node = new SecureRandom().nextLong();

    private final AtomicLong leases = new AtomicLong();

    /** The right to load a key, until it runs out; the token is its holder's alone and ends with the position. */
    record Lease(String key, byte[] token) {

        private static final int HOLDER = 2 * Long.BYTES;

        static Lease of(String key, long node, long count, long position) {
            var token = ByteBuffer.allocate(HOLDER + Long.BYTES)
                    .putLong(node)
                    .putLong(count)
                    .putLong(position);
            return new Lease(key + ":lease", token.array());
        }

        static long positionOf(byte[] token) {
            return token.length == HOLDER + Long.BYTES ? ByteBuffer.wrap(token).getLong(HOLDER) : 0;
        }
    }

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

    /**
     * Empty when another one holds it who began at a position that is current still. Nobody waits for one whose load
     * an event has overtaken.
     */
    Mono<Lease> take(String key, long position, LongPredicate current) {
        return Mono.fromSupplier(() -> Lease.of(key, node, leases.incrementAndGet(), position))
                .filterWhen(wanted ->
                        isTaken(wanted).filter(Boolean::booleanValue).switchIfEmpty(isOvertaken(wanted, current)));
    }

    private Mono<Boolean> isTaken(Lease wanted) {
        return request(client -> bucket(client, wanted.key()).setIfAbsent(wanted.token(), lease));
    }

    private Mono<Boolean> isOvertaken(Lease wanted, LongPredicate current) {
        return request(client -> bucket(client, wanted.key()).get()).map(held -> !current.test(Lease.positionOf(held)));
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
