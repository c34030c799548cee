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
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/**
 * Lets commands of one tenant share transactions: while one is in flight, those that arrive wait and go into the next
 * one together. There is no timer, so a lone command waits for nobody and heavy load fills large groups. As soon as as
 * many wait as are in flight, they are sent behind it, so that neither side waits for the other. A group that fails as
 * a whole is run again command by command, so that only the one at fault fails.
 */
public final class HotCommands<C, A> implements SmartLifecycle {

    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration LOOK_FOR_ROOM = Duration.ofMillis(20);

    private final Transactions<C, A> transactions;
    private final ToIntFunction<C> weight;
    private final int capacity;
    private final int largestGroup;
    private final Map<TenantId, Lane> lanes = new ConcurrentHashMap<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Counter rejected;
    private volatile boolean running;

    /** What runs groups of one tenant. Both emit one answer for each command, in order. */
    public interface Transactions<C, A> {

        Mono<List<A>> run(TenantId tenant, List<C> commands);

        /**
         * Sends a group while the one before it is still in flight, so that it comes to pass only after that one.
         * Emptiness says that nothing was done, and that it is to be run when the one before has ended.
         *
         * @return null when the one in flight cannot be followed
         */
        default @Nullable Mono<List<A>> behind(TenantId tenant, List<C> commands) {
            return null;
        }
    }

    /**
     * @param weight what a command counts against the limits: its lines
     * @param capacity weight that may wait for one tenant before commands are refused with {@code overloaded}
     * @param largestGroup weight of one transaction; a heavier single command goes alone
     */
    public HotCommands(
            String name,
            Transactions<C, A> transactions,
            ToIntFunction<C> weight,
            int capacity,
            int largestGroup,
            MeterRegistry meters) {
        this.transactions = transactions;
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

    /** A group on its way. */
    private static final class Flight<C, A> {
        private final List<Waiting<C, A>> group;
        private final int weight;
        private boolean isSent;
        private boolean cannotBeFollowed;
        private @Nullable Runnable outcome;

        Flight(List<Waiting<C, A>> group, int weight) {
            this.group = group;
            this.weight = weight;
        }

        List<C> commands() {
            return group.stream().map(it -> it.command).toList();
        }
    }

    /** The queue of one tenant, whose transactions come to pass one after the other. */
    private final class Lane {

        private final TenantId tenant;
        private final ArrayDeque<Waiting<C, A>> queue = new ArrayDeque<>();
        private int queued;
        private @Nullable Flight<C, A> first;
        private @Nullable Flight<C, A> second;

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
                count(heavy);
            }
            next();
            return true;
        }

        private void count(int heavy) {
            queued += heavy;
            waiting.addAndGet(heavy);
        }

        private void next() {
            Flight<C, A> ready = null;
            Flight<C, A> ahead = null;
            synchronized (queue) {
                if (first == null) {
                    ready = first = takeGroup();
                } else if (second == null && first.isSent && !first.cannotBeFollowed && queued >= first.weight) {
                    ahead = second = takeGroup();
                }
            }
            if (ready != null) {
                run(ready);
            } else if (ahead != null) {
                follow(ahead);
            }
        }

        private @Nullable Flight<C, A> takeGroup() {
            List<Waiting<C, A>> group = new ArrayList<>();
            int total = 0;
            while (!queue.isEmpty()) {
                int heavy = weight.applyAsInt(queue.peek().command);
                if (!group.isEmpty() && total + heavy > largestGroup) {
                    break;
                }
                Waiting<C, A> taken = queue.remove();
                count(-heavy);
                if (!taken.cancelled) {
                    group.add(taken);
                    total += heavy;
                }
            }
            return group.isEmpty() ? null : new Flight<>(group, total);
        }

        /** Together with {@link #follow} the place where transactions are started: nobody's pipeline, since they serve many. */
        private void run(Flight<C, A> flight) {
            transaction(flight.commands())
                    .subscribe(answers -> landed(flight, answers), error -> failed(flight, error));
            sent(flight);
        }

        /** However it ends, it ends: a lane whose transaction were silent would wait for ever. */
        private Mono<List<A>> transaction(List<C> commands) {
            return Mono.defer(() -> transactions.run(tenant, commands))
                    .switchIfEmpty(Mono.error(() -> new IllegalStateException("a transaction without an answer")));
        }

        private void follow(Flight<C, A> flight) {
            Mono<List<A>> behind = transactions.behind(tenant, flight.commands());
            if (behind == null) {
                putBack(flight);
                return;
            }
            behind.<Runnable>map(answers -> () -> landed(flight, answers))
                    .onErrorResume(error -> Mono.just(() -> failed(flight, error)))
                    .defaultIfEmpty(() -> run(flight))
                    .subscribe(outcome -> settled(flight, outcome));
            sent(flight);
        }

        /** Those who come may go with them. */
        private void putBack(Flight<C, A> flight) {
            boolean itsTurn;
            synchronized (queue) {
                itsTurn = first == flight;
                if (!itsTurn && first != null) {
                    first.cannotBeFollowed = true;
                    second = null;
                    flight.group.reversed().forEach(queue::addFirst);
                    count(flight.weight);
                }
            }
            if (itsTurn) {
                run(flight);
            }
        }

        private void sent(Flight<C, A> flight) {
            synchronized (queue) {
                flight.isSent = true;
            }
            next();
        }

        /** Nothing is said of a group, nor done for it, before the one before it has ended. */
        private void settled(Flight<C, A> flight, Runnable outcome) {
            synchronized (queue) {
                if (first != flight) {
                    flight.outcome = outcome;
                    return;
                }
            }
            outcome.run();
        }

        private void landed(Flight<C, A> flight, List<A> answers) {
            free();
            for (int i = 0; i < flight.group.size(); i++) {
                flight.group.get(i).answer.accept(answers.get(i));
            }
        }

        private void failed(Flight<C, A> flight, Throwable error) {
            if (flight.group.size() == 1 || error instanceof Problem.Unavailable) {
                free();
                flight.group.forEach(it -> it.failure.accept(error));
                return;
            }
            alone(flight.group, 0);
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
            Runnable outcome;
            synchronized (queue) {
                first = second;
                second = null;
                outcome = first == null ? null : first.outcome;
            }
            if (outcome != null) {
                outcome.run();
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
