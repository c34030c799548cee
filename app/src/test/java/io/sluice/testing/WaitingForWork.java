package io.sluice.testing;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * A pool's worker that waits for its next task blocks nobody, although Redisson's workers are Netty's threads. Its
 * queues, and the shared part of Netty's allocator of buffers, are guarded by locks held for nanoseconds; an error
 * instead of that wait loses a connection or what is read from it.
 */
public final class WaitingForWork implements BlockHoundIntegration {

    @Override
    public void applyTo(BlockHound.Builder builder) {
        builder.allowBlockingCallsInside("java.util.concurrent.ThreadPoolExecutor", "getTask")
                .allowBlockingCallsInside("java.util.concurrent.ThreadPoolExecutor", "processWorkerExit")
                .allowBlockingCallsInside("org.redisson.misc.WrappedLock", "execute")
                .allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator$Magazine", "free")
                .allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator$MagazineGroup", "free");
    }
}
