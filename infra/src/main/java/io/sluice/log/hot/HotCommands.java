package io.sluice.log.hot;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.shared.Problem;
import io.sluice.shared.TenantId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/**
 * Lets commands of one tenant share transactions: while one is in flight, those that arrive wait and go into the next
 * one together. There is no timer, so a lone command waits for nobody and heavy load fills large groups. A group that
 * fails as a whole is run again command by command, so that only the one at fault fails.
 */
public final class HotCommands<C, A> implements SmartLifecycle {

    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration LOOK_FOR_ROOM = Duration.ofMillis(20);

    private final BiFunction<TenantId, List<C>, Mono<List<A>>> transaction;
    private final ToIntFunction<C> weight;
    private final int capacity;
    private final int largestGroup;
    private final Map<TenantId, Lane> lanes = new ConcurrentHashMap<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Counter rejected;
    private volatile boolean running;

    /**
     * @param transaction runs a group; emits one answer for each command, in order
     * @param weight what a command counts against the limits: its lines
     * @param capacity weight that may wait for one tenant before commands are refused with {@code overloaded}
     * @param largestGroup weight of one transaction; a heavier single command goes alone
     */
    public HotCommands(
            String name,
            BiFunction<TenantId, List<C>, Mono<List<A>>> transaction,
            ToIntFunction<C> weight,
            int capacity,
            int largestGroup,
            MeterRegistry meters) {
        this.transaction = transaction;
        this.weight = weight;
        this.capacity = capacity;
        this.largestGroup = largestGroup;
        Gauge.builder("sluice_scheduler_queue", waiting, AtomicInteger::get)
                .tag("name", name)
                .register(meters);
        this.rejected = Counter.builder("sluice_scheduler_rejected_total")
                .tag("name", name)
                .register(meters);
    }

    public Mono<A> submit(TenantId tenant, C command) {
        return Mono.create(sink -> submit(tenant, command, sink));
    }

    private void submit(TenantId tenant, C command, MonoSink<A> sink) {
        Waiting<C, A> arrival = new Waiting<>(command, sink::success, sink::error);
        sink.onCancel(arrival::cancel);
        if (!laneOf(tenant).add(arrival, capacity)) {
            rejected.increment();
            sink.error(overloaded());
        }
    }

    /**
     * For lines of a stream: emits the answer to come once there is room, so that the next line comes after this one.
     * Streams fill half of the room: the rest is for those who cannot wait.
     */
    public Mono<Mono<A>> admit(TenantId tenant, C command) {
        return Mono.fromCallable(() -> admitted(tenant, command))
                .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, LOOK_FOR_ROOM)
                        .filter(error -> error instanceof Problem.Unavailable));
    }

    private Mono<A> admitted(TenantId tenant, C command) {
        Sinks.One<A> answer = Sinks.one();
        Waiting<C, A> arrival = new Waiting<>(command, answer::tryEmitValue, answer::tryEmitError);
        if (!laneOf(tenant).add(arrival, capacity / 2)) {
            throw overloaded();
        }
        return answer.asMono().doOnCancel(arrival::cancel);
    }

    private Lane laneOf(TenantId tenant) {
        return lanes.computeIfAbsent(tenant, Lane::new);
    }

    private static Problem overloaded() {
        return new Problem.Unavailable("overloaded", "too many commands of this tenant wait", SOON);
    }

    private static final class Waiting<C, A> {
        private final C command;
        private final Consumer<A> answer;
        private final Consumer<Throwable> failure;
        private volatile boolean cancelled;

        Waiting(C command, Consumer<A> answer, Consumer<Throwable> failure) {
            this.command = command;
            this.answer = answer;
            this.failure = failure;
        }

        void cancel() {
            cancelled = true;
        }
    }

    /** The queue of one tenant; at most one of its transactions is in flight. */
    private final class Lane {

        private final TenantId tenant;
        private final ArrayDeque<Waiting<C, A>> queue = new ArrayDeque<>();
        private int queued;
        private boolean inFlight;

        Lane(TenantId tenant) {
            this.tenant = tenant;
        }

        /** False when there is no room. */
        boolean add(Waiting<C, A> arrival, int room) {
            int heavy = weight.applyAsInt(arrival.command);
            synchronized (queue) {
                if (queued > 0 && queued + heavy > room) {
                    return false;
                }
                queue.add(arrival);
                queued += heavy;
                waiting.addAndGet(heavy);
            }
            next();
            return true;
        }

        private void next() {
            List<Waiting<C, A>> group = takeGroup();
            if (!group.isEmpty()) {
                run(group);
            }
        }

        private List<Waiting<C, A>> takeGroup() {
            List<Waiting<C, A>> group = new ArrayList<>();
            synchronized (queue) {
                int total = 0;
                while (!inFlight && !queue.isEmpty()) {
                    int heavy = weight.applyAsInt(queue.peek().command);
                    if (!group.isEmpty() && total + heavy > largestGroup) {
                        break;
                    }
                    Waiting<C, A> taken = queue.remove();
                    queued -= heavy;
                    waiting.addAndGet(-heavy);
                    if (!taken.cancelled) {
                        group.add(taken);
                        total += heavy;
                    }
                }
                inFlight |= !group.isEmpty();
            }
            return group;
        }

        /** The one place where transactions are started: nobody's pipeline, since they serve many. */
        private void run(List<Waiting<C, A>> group) {
            transaction(commandsOf(group)).subscribe(answers -> landed(group, answers), error -> failed(group, error));
        }

        /** However it ends, it ends: a lane whose transaction were silent would wait for ever. */
        private Mono<List<A>> transaction(List<C> commands) {
            return Mono.defer(() -> transaction.apply(tenant, commands))
                    .switchIfEmpty(Mono.error(() -> new IllegalStateException("a transaction without an answer")));
        }

        private List<C> commandsOf(List<Waiting<C, A>> group) {
            return group.stream().map(it -> it.command).toList();
        }

        private void landed(List<Waiting<C, A>> group, List<A> answers) {
            free();
            for (int i = 0; i < group.size(); i++) {
                group.get(i).answer.accept(answers.get(i));
            }
        }

        private void failed(List<Waiting<C, A>> group, Throwable error) {
            if (group.size() == 1 || error instanceof Problem.Unavailable) {
                free();
                group.forEach(it -> it.failure.accept(error));
                return;
            }
            alone(group, 0);
        }

        /** Who gave up meanwhile is skipped: 500 that wait for one lock would hold the lane for as many of its limits. */
        private void alone(List<Waiting<C, A>> group, int index) {
            if (index == group.size()) {
                free();
                return;
            }
            Waiting<C, A> one = group.get(index);
            if (one.cancelled) {
                alone(group, index + 1);
                return;
            }
            transaction(List.of(one.command))
                    .subscribe(
                            answers -> {
                                one.answer.accept(answers.getFirst());
                                alone(group, index + 1);
                            },
                            error -> {
                                one.failure.accept(error);
                                alone(group, index + 1);
                            });
        }

        /** Starts the next group before the answers of this one go out. */
        private void free() {
            synchronized (queue) {
                inFlight = false;
            }
            next();
        }
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
