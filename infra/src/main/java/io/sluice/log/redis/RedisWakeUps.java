package io.sluice.log.redis;

import io.sluice.log.WakeUp;
import io.sluice.log.WakeUps;
import io.sluice.redis.Redis;
import io.sluice.shared.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.redisson.api.RTopicReactive;
import org.redisson.api.RedissonReactiveClient;
import org.redisson.client.codec.StringCodec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * Hints over a plain topic. Announced heads wait in a map, the newest of each tenant; a round sends those that wait,
 * the next round begins when it is over.
 */
final class RedisWakeUps implements WakeUps, SmartLifecycle, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RedisWakeUps.class);
    private static final String TOPIC = "sluice:wake-ups";
    private static final int TENANTS = 10_000;
    private static final int SENT_AT_ONCE = 64;
    private static final int HEARD_AT_ONCE = 4096;
    private static final Duration WHEN_ALONE = Duration.ofMillis(50);
    private static final Retry AGAIN = Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(50))
            .maxBackoff(Duration.ofSeconds(2))
            .transientErrors(true);

    private final Redis redis;
    private final Map<TenantId, Long> waiting = new ConcurrentHashMap<>();
    private final Sinks.Many<Boolean> rounds = Sinks.many().multicast().onBackpressureBuffer(2, false);
    private final Scheduler announcing = Schedulers.newSingle("wake-ups", true);
    private volatile boolean alone;
    private final AtomicBoolean begun = new AtomicBoolean();
    private volatile Disposable running = Disposables.disposed();

    RedisWakeUps(Redis redis) {
        this.redis = redis;
    }

    @Override
    public void announce(TenantId tenant, long head) {
        if (waiting.size() < TENANTS || waiting.containsKey(tenant)) {
            waiting.merge(tenant, head, Math::max);
            begin();
        }
    }

    /** From one thread, so that nobody waits for another who announces; a round that has not begun finds the head. */
    private void begin() {
        if (!begun.compareAndSet(false, true)) {
            return;
        }
        try {
            announcing.schedule(this::emit);
        } catch (RejectedExecutionException _) {
            LOG.debug("announced after the end");
        }
    }

    /** A full buffer is as good. */
    private void emit() {
        begun.set(false);
        rounds.tryEmitNext(true);
    }

    /** On a thread of its own, so that who announces does not send. */
    Flux<Void> run() {
        return rounds.asFlux().onBackpressureLatest().publishOn(announcing, 1).concatMap(_ -> round(), 1);
    }

    private Mono<Void> round() {
        return Flux.defer(() -> Flux.fromIterable(List.copyOf(waiting.keySet())))
                .flatMap(this::sent, SENT_AT_ONCE)
                .doOnNext(listeners -> alone = listeners <= 1)
                .then(Mono.defer(this::restWhenAlone));
    }

    /** While no other node listens, a hint now and then is enough to find out when one does. */
    private Mono<Void> restWhenAlone() {
        return alone ? Mono.delay(WHEN_ALONE, announcing).then() : Mono.empty();
    }

    private Mono<Long> sent(TenantId tenant) {
        return Mono.defer(() -> Mono.justOrEmpty(waiting.remove(tenant)))
                .flatMap(head -> redis.request(client -> topic(client).publish(tenant + " " + head)))
                .doOnError(error -> LOG.debug("a hint of {} was lost: {}", tenant, error.toString()))
                .onErrorComplete();
    }

    @Override
    public Flux<WakeUp> heard() {
        return Flux.defer(this::listening).handle(RedisWakeUps::pass).retryWhen(AGAIN);
    }

    private Flux<String> listening() {
        Sinks.Many<String> heard = Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(HEARD_AT_ONCE));
        return Flux.usingWhen(
                redis.client().flatMap(client -> topic(client)
                        .addListener(String.class, (_, text) -> heard.tryEmitNext(text))),
                _ -> heard.asFlux(),
                listener -> redis.client()
                        .flatMap(client -> topic(client).removeListener(listener))
                        .onErrorComplete());
    }

    private static RTopicReactive topic(RedissonReactiveClient client) {
        return client.getTopic(TOPIC, StringCodec.INSTANCE);
    }

    /** Leaves out what no node of ours has sent. */
    private static void pass(String text, SynchronousSink<WakeUp> out) {
        int space = text.indexOf(' ');
        try {
            var tenant = TenantId.of(text.substring(0, Math.max(0, space)));
            out.next(new WakeUp(tenant, Long.parseLong(text.substring(space + 1))));
        } catch (IllegalArgumentException _) {
            LOG.debug("no wake-up: {}", text);
        }
    }

    @Override
    public void start() {
        running = run().subscribe();
    }

    @Override
    public void stop() {
        running.dispose();
    }

    @Override
    public boolean isRunning() {
        return !running.isDisposed();
    }

    @Override
    public void close() {
        announcing.dispose();
    }
}
