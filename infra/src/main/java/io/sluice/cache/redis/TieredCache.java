package io.sluice.cache.redis;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.cache.Cache;
import io.sluice.cache.CacheKey;
import io.sluice.cache.CachePolicy;
import io.sluice.cache.CachePolicy.Mode;
import io.sluice.cache.Cached;
import io.sluice.cache.Cached.Level;
import io.sluice.cache.Codec;
import io.sluice.cache.redis.Reading.Loaded;
import io.sluice.cache.redis.RedisEntries.Away;
import io.sluice.cache.redis.RedisEntries.Lease;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The node's memory, then Redis, then the loader; one load of a key at a time in the cluster as far as Redis helps. */
final class TieredCache implements Cache {

    /** Written values longer than this live as long as absent ones at most. */
    private static final int LONG = 100_000;

    private static final double JITTER = 0.1;
    private static final Duration POLL = Duration.ofMillis(25);

    private final Touches touches;
    private final RedisEntries entries;
    private final Refreshes refreshes;
    private final CacheMeters meters;
    private final CacheSettings settings;
    private final Clock clock;
    private final Flights flights;
    private final Map<String, Held> memory;

    TieredCache(
            Touches touches,
            RedisEntries entries,
            Refreshes refreshes,
            CacheMeters meters,
            CacheSettings settings,
            Clock clock) {
        this.touches = touches;
        this.entries = entries;
        this.refreshes = refreshes;
        this.meters = meters;
        this.settings = settings;
        this.clock = clock;
        this.flights = new Flights(settings.flights());
        this.memory = Caffeine.newBuilder()
                .maximumSize(settings.entries())
                .expireAfterWrite(settings.memoryLife())
                .executor(Runnable::run)
                .<String, Held>build()
                .asMap();
    }

    @Override
    public <T> Mono<Cached<T>> get(CacheKey key, CachePolicy policy, Codec<T> codec, Mono<T> loader) {
        return Mono.deferContextual(context -> answer(Reading.of(key, policy, codec, loader, context)))
                .flatMap(answer -> Mono.justOrEmpty(TieredCache.<T>toCached(answer)));
    }

    /** A kind has one codec, so what is held under its keys was written by, or came from, a codec of this type. */
    @SuppressWarnings("unchecked")
    private static <T> @Nullable Cached<T> toCached(Answer answer) {
        T value = (T) answer.held().value();
        return value == null ? null : new Cached<>(value, answer.level());
    }

    private Mono<Answer> answer(Reading reading) {
        Mark mark = touches.mark(reading.key().tenant());
        boolean passes = mark == null || !reading.policy().keeps();
        Level loadedAs = passes || reading.policy().mode() == Mode.NO_CACHE ? Level.BYPASS : Level.MISS;
        return (mark == null || passes ? load(reading, loadedAs) : kept(reading, mark))
                .doOnNext(meters::answered)
                .doOnError(_ -> meters.failed(loadedAs));
    }

    private Mono<Answer> kept(Reading reading, Mark mark) {
        return switch (reading.policy().mode()) {
            case NORMAL -> found(reading, mark);
            case NO_CACHE, NO_STORE -> load(reading, Level.BYPASS);
        };
    }

    private Mono<Answer> found(Reading reading, Mark mark) {
        Held held = memory.get(reading.text());
        if (held != null && isGood(reading, held)) {
            refreshAhead(reading, held);
            return Mono.just(new Answer(held, Level.L1));
        }
        return flights.join(reading.text(), mark, since -> isFresh(reading, since), Mono.defer(() -> shared(reading)));
    }

    private boolean isGood(Reading reading, Held held) {
        return !held.isOver(clock.instant()) && held.mark() != null && isFresh(reading, held.mark());
    }

    private boolean isFresh(Reading reading, Mark mark) {
        return touches.isFresh(reading.key().tenant(), mark, reading.key().tags());
    }

    /**
     * Looks into Redis, then loads under the lease; while another node holds it, looks again. Once Redis has failed a
     * read, that read does without it.
     */
    private Mono<Answer> shared(Reading reading) {
        long polls = settings.patience().dividedBy(POLL);
        return near(reading)
                .switchIfEmpty(far(reading))
                .switchIfEmpty(leased(reading, far(reading)))
                .repeatWhenEmpty(
                        times -> times.takeWhile(count -> count < polls).delayElements(POLL))
                .switchIfEmpty(load(reading, Level.MISS))
                .onErrorResume(Away.class, _ -> load(reading.alone(), Level.MISS));
    }

    /** One who came between a load's end and its own start finds what was loaded. */
    private Mono<Answer> near(Reading reading) {
        return Mono.defer(() -> Mono.justOrEmpty(memory.get(reading.text())))
                .filter(held -> isGood(reading, held))
                .map(held -> new Answer(held, Level.L1));
    }

    private Mono<Answer> far(Reading reading) {
        return stored(reading)
                .doOnNext(held -> keep(reading, held))
                .doOnNext(held -> refreshAhead(reading, held))
                .map(held -> new Answer(held, Level.L2));
    }

    private Mono<Held> stored(Reading reading) {
        return entries.find(reading.text())
                .flatMap(bytes -> Mono.justOrEmpty(toHeld(reading, bytes)))
                .filter(held -> isGood(reading, held));
    }

    /** Empty when the bytes are no entry: whoever loads next writes over them. */
    private Optional<Held> toHeld(Reading reading, byte[] bytes) {
        try {
            return Optional.of(toHeld(reading, Envelope.of(bytes)));
        } catch (RuntimeException _) {
            meters.error();
            return Optional.empty();
        }
    }

    private Held toHeld(Reading reading, Envelope envelope) {
        Object value = envelope.value() == null ? null : reading.decoder().apply(envelope.value());
        Mark known = touches.mark(reading.key().tenant());
        Mark mark = known == null ? null : new Mark(known.era(), envelope.position());
        return Held.of(value, mark, envelope.born(), envelope.expires());
    }

    /**
     * Empty while another node loads it. Under the lease Redis is asked once more: the one before may have stored its
     * value after we looked and given the lease back before we took it.
     */
    private Mono<Answer> leased(Reading reading, Mono<Answer> look) {
        return Mono.defer(() -> {
            Mark mark = touches.mark(reading.key().tenant());
            Mono<Answer> load = load(reading, Level.MISS);
            return mark == null
                    ? load
                    : Mono.usingWhen(lease(reading, mark), _ -> look.switchIfEmpty(load), entries::release);
        });
    }

    private Mono<Lease> lease(Reading reading, Mark mark) {
        return entries.take(
                reading.text(), mark.position(), position -> isFresh(reading, new Mark(mark.era(), position)));
    }

    /** What the tenant's log has reached before the load begins is what the value is as of. */
    private Mono<Answer> load(Reading reading, Level level) {
        return Mono.defer(() -> {
            Mark mark = touches.mark(reading.key().tenant());
            return meters.timed(reading.loader())
                    .singleOptional()
                    .flatMap(loaded -> settled(reading, mark, loaded.orElse(null)))
                    .map(held -> new Answer(held, level));
        });
    }

    /** Keeps what may be kept; that it cannot be is no reason not to serve it. */
    private Mono<Held> settled(Reading reading, @Nullable Mark mark, @Nullable Loaded loaded) {
        Object value = loaded == null ? null : loaded.value();
        if (mark == null || !reading.policy().keeps() || !isFresh(reading, mark)) {
            return Mono.just(Held.passing(value));
        }
        return Mono.fromSupplier(
                        () -> loaded == null ? new byte[0] : loaded.encoding().toBytes())
                .doOnError(_ -> meters.error())
                .onErrorComplete()
                .filter(bytes -> bytes.length <= settings.largest())
                .flatMap(bytes -> kept(reading, mark, value, bytes))
                .defaultIfEmpty(Held.passing(value));
    }

    private Mono<Held> kept(Reading reading, Mark mark, @Nullable Object value, byte[] bytes) {
        Instant now = clock.instant();
        Duration life = jittered(life(reading.policy().life(), value, bytes));
        var held = Held.of(value, mark, now, now.plus(life));
        keep(reading, held);
        var envelope = new Envelope(mark.position(), now, held.expires(), value == null ? null : bytes);
        return shared(reading, envelope, life).thenReturn(held);
    }

    private Mono<Void> shared(Reading reading, Envelope envelope, Duration life) {
        return reading.shares()
                ? entries.store(reading.text(), envelope.toBytes(), life).onErrorComplete()
                : Mono.empty();
    }

    private static Duration life(Duration wanted, @Nullable Object value, byte[] bytes) {
        boolean limited = value == null || bytes.length > LONG;
        return limited && wanted.compareTo(CachePolicy.STANDARD_LIFE) > 0 ? CachePolicy.STANDARD_LIFE : wanted;
    }

    /** Entries made together do not end together. */
    private static Duration jittered(Duration life) {
        double factor = 1 + ThreadLocalRandom.current().nextDouble(-JITTER, JITTER);
        return Duration.ofMillis(Math.max(1, Math.round(life.toMillis() * factor)));
    }

    private void keep(Reading reading, Held held) {
        Instant now = clock.instant();
        memory.merge(reading.text(), held, (old, young) -> young.isOlderThan(old) && !old.isOver(now) ? old : young);
    }

    private void refreshAhead(Reading reading, Held held) {
        if (held.isRipe(clock.instant()) && held.claimRefresh()) {
            refreshes.offer(refreshed(reading));
        }
    }

    /** Takes what another node has refreshed already, or loads; leaves it to the node that is at it. */
    private Mono<Void> refreshed(Reading reading) {
        return renewed(reading)
                .switchIfEmpty(leased(reading, renewed(reading)))
                .onErrorResume(Away.class, _ -> load(reading.alone(), Level.MISS))
                .then();
    }

    private Mono<Answer> renewed(Reading reading) {
        return stored(reading)
                .filter(held -> !held.isRipe(clock.instant()))
                .doOnNext(held -> keep(reading, held))
                .map(held -> new Answer(held, Level.L2));
    }
}
