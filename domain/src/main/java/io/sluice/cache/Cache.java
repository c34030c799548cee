package io.sluice.cache;

import reactor.core.publisher.Mono;

/**
 * Answers a read from what was loaded before, as long as no later event touched one of the key's tags.
 *
 * <p>Emits the value with the level it came from, or completes empty when there is nothing (that is kept too). Fails
 * only as the loader does: a cache that is away, slow or broken is passed over. Concurrent misses of a key share one
 * load; who cancels leaves the others theirs. The loader sees the Reactor context of its caller, reads at the
 * tenant's position known on this node or later, and is a read of its own: never use the cache inside a unit of work,
 * whose uncommitted state would be kept. A kind always goes with the same codec, and values are never changed.
 */
public interface Cache {

    <T> Mono<Cached<T>> get(CacheKey key, CachePolicy policy, Codec<T> codec, Mono<T> loader);
}
