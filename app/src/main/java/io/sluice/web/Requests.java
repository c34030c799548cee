package io.sluice.web;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sluice.shared.Problem;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.pattern.PathPattern;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * The requests in flight: counted and timed when they end, ended by {@code request-timeout} when they pass their limit,
 * refused once the node stops.
 */
@Component
public final class Requests implements SmartLifecycle {

    /** The attribute of a request that may take longer than others. */
    static final String WITHOUT_LIMIT = Requests.class.getName() + ".withoutLimit";

    private static final Duration LOOK = Duration.ofMillis(250);
    private static final Duration[] BOUNDS = {
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30)
    };

    private final Duration limit;
    private final Duration notice;
    private final MeterRegistry meters;
    private final Counter good;
    private final Counter bad;
    private final Map<Kind, Timer> timers = new ConcurrentHashMap<>();
    private final Set<Watched> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;
    private volatile Disposable running = Disposables.disposed();

    Requests(
            @Value("${sluice.http.request-limit:30s}") Duration limit,
            @Value("${sluice.shutdown.notice:2s}") Duration notice,
            MeterRegistry meters) {
        this.limit = limit;
        this.notice = notice;
        this.meters = meters;
        this.good = slo("true");
        this.bad = slo("false");
        Gauge.builder("sluice_http_requests", open, Set::size)
                .description("Requests in flight")
                .register(meters);
    }

    private Counter slo(String isGood) {
        return Counter.builder("sluice_slo_total")
                .description("Requests by whether the server answered them as promised: not by 5xx")
                .tag("slo", "availability")
                .tag("good", isGood)
                .register(meters);
    }

    private record Kind(@Nullable PathPattern route, HttpMethod method, int status) {}

    /** True from the moment the node is told to stop. */
    public boolean isClosed() {
        return closed;
    }

    static Problem closed() {
        return new Problem.Unavailable("shutting-down", "this node stops", Duration.ofSeconds(1));
    }

    Mono<Void> watched(ServerWebExchange exchange, Mono<Void> work) {
        return new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super Void> reader) {
                var watched = new Watched(exchange, reader);
                open.add(watched);
                work.subscribe(watched);
            }
        };
    }

    private void record(Watched request, int status) {
        ServerWebExchange exchange = request.exchange;
        HttpMethod method = exchange.getRequest().getMethod();
        PathPattern route = exchange.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        timers.computeIfAbsent(new Kind(route, method, status), this::timer)
                .record(Duration.ofNanos(System.nanoTime() - request.start));
        (status >= 500 ? bad : good).increment();
    }

    /** Methods that no client of ours uses count as one, so that nobody makes meters at will. */
    private Timer timer(Kind kind) {
        return Timer.builder("sluice_http_seconds")
                .description("Requests from their first byte to the last of the answer")
                .tag("route", kind.route() == null ? "unknown" : kind.route().getPatternString())
                .tag(
                        "method",
                        Set.of(HttpMethod.values()).contains(kind.method())
                                ? kind.method().name()
                                : "OTHER")
                .tag("status", Integer.toString(kind.status()))
                .serviceLevelObjectives(BOUNDS)
                .register(meters);
    }

    /** Ends what has passed its limit, four times a second. */
    Flux<Void> run() {
        return Flux.interval(LOOK).onBackpressureDrop().concatMap(_ -> Mono.fromRunnable(this::endOverdue));
    }

    private void endOverdue() {
        long oldest = System.nanoTime() - limit.toNanos();
        open.forEach(request -> request.endIfBefore(oldest));
    }

    @Override
    public void start() {
        closed = false;
        running = run().subscribe();
    }

    /** Refuses from now on; load balancers get a moment to see it before the port closes. */
    @Override
    public void stop(Runnable stopped) {
        closed = true;
        Mono.delay(notice).doFinally(_ -> running.dispose()).subscribe(_ -> stopped.run());
    }

    @Override
    public void stop() {
        closed = true;
        running.dispose();
    }

    @Override
    public boolean isRunning() {
        return !running.isDisposed();
    }

    private final class Watched extends AtomicBoolean implements CoreSubscriber<Void>, Subscription {

        private static final long serialVersionUID = 1L;
        private final transient ServerWebExchange exchange;
        private final transient CoreSubscriber<? super Void> reader;
        private final long start = System.nanoTime();
        private transient volatile @Nullable Subscription work;

        Watched(ServerWebExchange exchange, CoreSubscriber<? super Void> reader) {
            this.exchange = exchange;
            this.reader = reader;
        }

        @Override
        public Context currentContext() {
            return reader.currentContext();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            work = subscription;
            reader.onSubscribe(this);
        }

        @Override
        public void onNext(Void nothing) {}

        @Override
        public void onError(Throwable error) {
            if (end(Problems.statusOf(error))) {
                reader.onError(error);
            }
        }

        @Override
        public void onComplete() {
            HttpStatusCode status = exchange.getResponse().getStatusCode();
            if (end(status == null ? 200 : status.value())) {
                reader.onComplete();
            }
        }

        private boolean end(int status) {
            if (!compareAndSet(false, true)) {
                return false;
            }
            open.remove(this);
            Requests.this.record(this, status);
            return true;
        }

        @Override
        public void request(long n) {
            Subscription subscription = work;
            if (subscription != null) {
                subscription.request(n);
            }
        }

        @Override
        public void cancel() {
            if (compareAndSet(false, true)) {
                open.remove(this);
            }
            Subscription subscription = work;
            if (subscription != null) {
                subscription.cancel();
            }
        }

        void endIfBefore(long oldest) {
            if (start - oldest > 0
                    || exchange.getResponse().isCommitted()
                    || isStreamed()
                    || hasNoLimit()
                    || !end(504)) {
                return;
            }
            Subscription subscription = work;
            if (subscription != null) {
                subscription.cancel();
            }
            reader.onError(new Problem.TimedOut(
                    "request-timeout", "the request passed its limit of " + limit.toMillis() + " ms"));
        }

        /** Bodies other than JSON come at the client's pace. */
        private boolean isStreamed() {
            MediaType type = exchange.getRequest().getHeaders().getContentType();
            return type != null && !type.isCompatibleWith(MediaType.APPLICATION_JSON);
        }

        private boolean hasNoLimit() {
            return exchange.getAttributes().containsKey(WITHOUT_LIMIT);
        }
    }
}
