package io.sluice.cache.redis;

import io.sluice.cache.CacheKey;
import io.sluice.cache.CachePolicy;
import io.sluice.cache.Codec;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * One read through the cache. The value's type stays with the asker: here values are objects.
 *
 * @param text the key as written
 * @param loader sees the context of its asker, whoever subscribes to it
 * @param shares whether what is loaded goes to Redis too
 */
record Reading(
        CacheKey key,
        String text,
        CachePolicy policy,
        Function<byte[], ? extends Object> decoder,
        Mono<Loaded> loader,
        boolean shares) {

    /** A value with its way to bytes. */
    record Loaded(Object value, Encoding encoding) {}

    @FunctionalInterface
    interface Encoding {
        byte[] toBytes();
    }

    static <T> Reading of(CacheKey key, CachePolicy policy, Codec<T> codec, Mono<T> loader, ContextView context) {
        return new Reading(
                key,
                key.toString(),
                policy,
                codec::decode,
                loader.<Loaded>map(value -> new Loaded(value, () -> codec.encode(value)))
                        .contextWrite(context),
                true);
    }

    /** The same, without Redis. */
    Reading alone() {
        return new Reading(key, text, policy, decoder, loader, false);
    }
}
