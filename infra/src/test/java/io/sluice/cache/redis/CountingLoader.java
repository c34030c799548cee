package io.sluice.cache.redis;

import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;

/** Loads its own count: the first load gives "1", the second "2". */
final class CountingLoader {

    private final AtomicInteger loads = new AtomicInteger();

    Mono<String> load() {
        return Mono.fromSupplier(() -> Integer.toString(loads.incrementAndGet()));
    }

    int loads() {
        return loads.get();
    }
}
