package io.sluice.redis;

import reactor.core.publisher.Mono;

/** Whether Redis answers now. */
public interface RedisHealth {

    /** Emits within the command limit, and never fails; asks Redis even while the breaker is open. */
    Mono<Boolean> available();
}
