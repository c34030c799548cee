package io.sluice.redis;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The threads on which Redisson tells listeners. Its own are of Netty's kind, which must not block, and yet wait for
 * work in a blocking queue: BlockHound stops them.
 */
final class RedisThreads implements AutoCloseable {

    private static final int LISTENERS = 2;

    private final ExecutorService executor = Executors.newFixedThreadPool(
            LISTENERS, Thread.ofPlatform().daemon().name("redis-listener-", 1).factory());

    ExecutorService executor() {
        return executor;
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
