package io.sluice.access.security;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.util.retry.Retry;

/** Keeps the signing keys young, and this node's view of them true. */
final class KeyRotation implements SmartLifecycle {

    private static final Duration EVERY = Duration.ofHours(1);

    private final SigningKeys keys;
    private final Duration age;
    private volatile @Nullable Disposable running;

    KeyRotation(SigningKeys keys, Duration age) {
        this.keys = keys;
        this.age = age;
    }

    Flux<SigningKeys.Key> run() {
        return Flux.interval(Duration.ZERO, EVERY)
                .onBackpressureLatest()
                .concatMap(_ -> keys.rotateAfter(age))
                .retryWhen(Retry.backoff(Long.MAX_VALUE, Duration.ofSeconds(1)).maxBackoff(Duration.ofMinutes(5)));
    }

    @Override
    public void start() {
        running = run().subscribe();
    }

    @Override
    public void stop() {
        Disposable now = running;
        if (now != null) {
            now.dispose();
        }
        running = null;
    }

    @Override
    public boolean isRunning() {
        return running != null;
    }
}
