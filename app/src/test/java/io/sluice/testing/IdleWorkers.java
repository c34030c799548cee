package io.sluice.testing;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * A pool's worker that waits for its next task blocks nobody. Redisson's pool is made of Netty's threads, which count
 * as non-blocking; without this each of its workers dies while it waits and is replaced at once, for ever.
 */
public final class IdleWorkers implements BlockHoundIntegration {

    @Override
    public void applyTo(BlockHound.Builder builder) {
        builder.allowBlockingCallsInside("java.util.concurrent.ThreadPoolExecutor", "getTask");
    }
}
