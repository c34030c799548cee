package io.sluice.cache.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A loaded value, or that there is none, as this node holds it. */
record Held(@Nullable Object value, @Nullable Mark mark, Instant born, Instant expires, AtomicBoolean refreshed) {

    /** The part of the life after which it is loaded anew while it is still served. */
    private static final double RIPE = 0.8;

    static Held of(@Nullable Object value, @Nullable Mark mark, Instant born, Instant expires) {
        return new Held(value, mark, born, expires, new AtomicBoolean());
    }

    /** For those who wait for it, and nobody else. */
    static Held passing(@Nullable Object value) {
        return of(value, null, Instant.EPOCH, Instant.EPOCH);
    }

    boolean isOver(Instant now) {
        return !now.isBefore(expires);
    }

    boolean isRipe(Instant now) {
        Duration life = Duration.between(born, expires);
        return now.isAfter(born.plusMillis(Math.round(life.toMillis() * RIPE)));
    }

    /** True for the first who asks: a refresh that fails is not tried again. */
    boolean claimRefresh() {
        return refreshed.compareAndSet(false, true);
    }

    /** True when the other one was loaded at a later position of the same era. */
    boolean isOlderThan(Held other) {
        return mark != null
                && other.mark() != null
                && mark.era() == other.mark().era()
                && mark.position() < other.mark().position();
    }
}
