package io.sluice.testing;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * A pool's worker that waits for its next task blocks nobody, although Redisson's workers are Netty's threads. Its
 * queues are guarded by a lock held for nanoseconds; an error instead of that wait loses one of its connections.
 */
public final class WaitingForWork implements BlockHoundIntegration {

    @Override
    public void applyTo(BlockHound.Builder builder) {
        builder.allowBlockingCallsInside("java.util.concurrent.ThreadPoolExecutor", "getTask")
                .allowBlockingCallsInside("java.util.concurrent.ThreadPoolExecutor", "processWorkerExit")
                .allowBlockingCallsInside("org.redisson.misc.WrappedLock", "execute");
    }
}
