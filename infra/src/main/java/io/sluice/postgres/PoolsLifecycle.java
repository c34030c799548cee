package io.sluice.postgres;

import java.time.Duration;
import org.springframework.beans.factory.DisposableBean;

/** Closes the pools when everything that uses them is gone, and before the embedded server. */
final class PoolsLifecycle implements DisposableBean {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Pools pools;

    PoolsLifecycle(Pools pools) {
        this.pools = pools;
    }

    @Override
    public void destroy() {
        pools.close().timeout(LIMIT).onErrorComplete().block(); // the container's own thread, at its end
    }
}
