package io.sluice.postgres;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * What the driver does on its event loops and what holds nobody up: TLS reads {@code /dev/urandom} (random(4) never
 * waits), and the shared part of Netty's allocator of buffers is guarded by locks held for nanoseconds. An error there
 * would lose a connection, or what is read from it.
 */
public final class DriverWaits implements BlockHoundIntegration {

    @Override
    public void applyTo(BlockHound.Builder builder) {
        builder.allowBlockingCallsInside("sun.security.provider.NativePRNG$RandomIO", "readFully")
                .allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator$Magazine", "free")
                .allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator$MagazineGroup", "free");
    }
}
