package io.sluice.log.hub;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.log.Commits;
import io.sluice.log.EventTypes;
import io.sluice.log.FollowedTenants;
import io.sluice.log.LogFollower;
import io.sluice.log.LogSource;
import io.sluice.log.Recorded;
import io.sluice.log.WakeUps;
import io.sluice.shared.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Follows the logs of the tenants that this node serves: told by its own commits, woken by hints of other nodes, and in
 * any case by a look at all heads each second.
 */
public final class Tails implements Commits, FollowedTenants, SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Tails.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration UNUSED = Duration.ofMinutes(5);
    private static final int PAGE = 500;
    private static final long FAR_BEHIND = 20_000;

    private final LogSource source;
    private final EventTypes types;
    private final WakeUps wakeUps;
    private final StreamSettings settings;
    private final List<LogFollower> followers;
    private final Map<TenantId, Mono<Tail>> tails = new ConcurrentHashMap<>();
    private final Map<TenantId, Tail> ready = new ConcurrentHashMap<>();
    private volatile long followedAt = System.nanoTime();
    private @Nullable Disposable running;

    Tails(
            LogSource source,
            EventTypes types,
            WakeUps wakeUps,
            StreamSettings settings,
            List<LogFollower> followers,
            MeterRegistry meters) {
        this.source = source;
        this.types = types;
        this.wakeUps = wakeUps;
        this.settings = settings;
        this.followers = followers;
        Gauge.builder(
                        "sluice_log_tail_age_seconds",
                        this,
                        it -> it.sinceFollowed().toMillis() / 1000.0)
                .description("Since the heads of all followed tenants were last seen")
                .register(meters);
        Gauge.builder("sluice_log_tail_lag", this, Tails::highestLag)
                .description("Events that the tail furthest behind has not read of those it has heard of")
                .register(meters);
    }

    private double highestLag() {
        return ready.values().stream().mapToLong(Tail::lag).max().orElse(0);
    }

    /** How long ago the logs were last looked at with success. */
    public Duration sinceFollowed() {
        return Duration.ofNanos(System.nanoTime() - followedAt);
    }

    /** The tenant's tail, followed from now on while it is used. */
    Mono<Tail> of(TenantId tenant) {
        Tail present = ready.get(tenant);
        if (present != null) {
            present.used();
            return Mono.just(present);
        }
        return tails.computeIfAbsent(tenant, this::open);
    }

    @Override
    public Mono<Void> follow(TenantId tenant) {
        return of(tenant).then();
    }

    private Mono<Tail> open(TenantId tenant) {
        return source.head(tenant)
                .map(head -> new Tail(tenant, head, types, settings))
                .doOnNext(this::followed)
                .doOnError(_ -> tails.remove(tenant))
                .cacheInvalidateIf(_ -> !ready.containsKey(tenant));
    }

    /** Followers hear of events as soon as the tail is there to be told of them. */
    private void followed(Tail tail) {
        ready.put(tail.tenant(), tail);
        followers.forEach(follower -> follower.followed(tail.tenant(), tail.head()));
    }

    @Override
    public void committed(TenantId tenant, List<Recorded> events) {
        followers.forEach(follower -> follower.passed(tenant, events));
        Tail tail = ready.get(tenant);
        if (tail != null) {
            tail.offer(events);
        }
        wakeUps.announce(tenant, events.getLast().position());
    }

    /** Looks and reads, for ever: driven by hints and ticks. */
    Flux<Void> run() {
        Flux<Void> hinted = wakeUps.heard()
                .flatMap(hint -> readOn(hint.tenant(), hint.head()), READERS)
                .retryWhen(Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(200)).maxBackoff(Duration.ofSeconds(30)));
        Flux<Void> polled = Flux.interval(POLL)
                .onBackpressureDrop()
                .concatMap(_ -> Mono.defer(this::look).onErrorResume(this::missedOne), 1);
        return Flux.merge(hinted, polled, ticking());
    }

    /** Apart from the looks: tokens end and beats go out while the database is away, too. */
    private Flux<Void> ticking() {
        return Flux.interval(POLL).onBackpressureDrop().concatMap(_ -> Mono.<Void>fromRunnable(this::tick), 1);
    }

    private void tick() {
        long now = System.nanoTime();
        ready.values().forEach(tail -> tail.lanes().forEach(lane -> lane.tick(now)));
    }

    private static final int READERS = 16;

    private Mono<Void> look() {
        forgetUnused();
        return source.heads(ready.keySet())
                .doOnNext(_ -> followedAt = System.nanoTime())
                .flatMapIterable(Map::entrySet)
                .flatMap(entry -> readOn(entry.getKey(), entry.getValue()), READERS)
                .then()
                .onErrorResume(this::missedOne);
    }

    private Mono<Void> missedOne(Throwable error) {
        LOG.warn("the logs could not be followed: {}", error.toString());
        return Mono.empty();
    }

    private void forgetUnused() {
        long since = System.nanoTime() - UNUSED.toNanos();
        ready.values().stream().filter(tail -> tail.isUnusedSince(since)).forEach(this::forget);
    }

    private void forget(Tail tail) {
        ready.remove(tail.tenant());
        tails.remove(tail.tenant());
        followers.forEach(follower -> follower.lost(tail.tenant()));
    }

    private Mono<Void> readOn(TenantId tenant, long head) {
        Tail tail = ready.get(tenant);
        if (tail == null || tail.head() >= head) {
            return Mono.empty();
        }
        tail.want(head);
        followers.forEach(follower -> follower.announced(tenant, head));
        if (!tail.startReading()) {
            return Mono.empty();
        }
        if (head - tail.head() > FAR_BEHIND) {
            tail.jumpTo(head);
            followers.forEach(follower -> follower.lost(tenant));
            followers.forEach(follower -> follower.followed(tenant, head));
            tail.stopReading();
            return Mono.empty();
        }
        return Mono.defer(() -> source.page(tenant, tail.startPage(), PAGE))
                .doOnNext(page -> take(tail, page))
                .repeat(tail::isBehind)
                .takeUntil(List::isEmpty)
                .then()
                .doOnTerminate(tail::stopReading)
                .doOnCancel(tail::stopReading)
                .then(Mono.defer(() -> tail.isWantedAnew() ? readOn(tenant, tail.wanted()) : Mono.empty()))
                .onErrorResume(this::missedOne);
    }

    private void take(Tail tail, List<Recorded> page) {
        if (!page.isEmpty()) {
            followers.forEach(follower -> follower.passed(tail.tenant(), page));
            tail.offer(page);
            long head = tail.head();
            followers.forEach(follower -> follower.caughtUp(tail.tenant(), head));
        }
    }

    @Override
    public boolean follows(TenantId tenant) {
        return ready.containsKey(tenant) && sinceFollowed().compareTo(POLL.multipliedBy(2)) < 0;
    }

    @Override
    public long head(TenantId tenant) {
        Tail tail = ready.get(tenant);
        return tail == null ? -1 : tail.head();
    }

    Iterable<Tail> followed() {
        return ready.values();
    }

    @Override
    public void start() {
        running = run().subscribe();
    }

    @Override
    public void stop() {
        if (running != null) {
            running.dispose();
            running = null;
        }
    }

    @Override
    public boolean isRunning() {
        return running != null;
    }
}
