package io.sluice.web;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.access.Principal;
import io.sluice.shared.Problem;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.stereotype.Component;
import reactor.netty.channel.AbortedException;

/**
 * What is written down when a request fails, whichever way it came: the server's own failures, by their trace and by
 * whose they are, never by what they carry. The asker's own mistakes are not logged.
 */
@Component
public final class Incidents {

    private static final Logger LOG = LoggerFactory.getLogger(Incidents.class);
    private static final long PAUSE = Duration.ofSeconds(1).toNanos();

    private final MeterRegistry meters;
    private final Map<String, Burst> bursts = new ConcurrentHashMap<>();

    Incidents(MeterRegistry meters) {
        this.meters = meters;
    }

    /** Where it happened: the route's name, of bounded number, and who called it. */
    public record Place(
            RequestIdentity identity,
            String route,
            @Nullable Principal principal) {

        public static Place of(Call call) {
            return new Place(RequestIdentity.of(call.exchange()), call.route(), call.principal());
        }
    }

    /** The problem that the asker is told of, which carries the trace that the log names. */
    public Map<String, Object> report(Throwable error, Place place) {
        log(error, place);
        RequestIdentity asker = place.identity();
        return error instanceof Problem problem ? Problems.body(problem, asker) : Problems.unexpected(asker);
    }

    void log(Throwable error, Place place) {
        switch (error) {
            case Problem.TooMany limit ->
                Counter.builder("sluice_ratelimit_total")
                        .tag("limit", limit.code())
                        .register(meters)
                        .increment();
            case Problem.Unavailable away -> burst(away, place);
            case Problem.TimedOut late -> burst(late, place);
            case Problem _ -> {}
            case ClosedChannelException _ -> {}
            case Throwable gone when AbortedException.isConnectionReset(gone) -> {}
            default -> naming(place, LOG.atError()).setCause(error).log("request {} failed", place.route());
        }
    }

    /** When the database is away, everybody is told, and the log once a second for each code. */
    private void burst(Problem problem, Place place) {
        long others = bursts.computeIfAbsent(problem.code(), _ -> new Burst()).others();
        if (others >= 0) {
            naming(place, LOG.atWarn())
                    .addKeyValue("others", others)
                    .log("request {} was answered {}: {}", place.route(), problem.code(), problem.detail());
        }
    }

    private static LoggingEventBuilder naming(Place place, LoggingEventBuilder entry) {
        var named = entry.addKeyValue("traceId", place.identity().traceId())
                .addKeyValue("requestId", place.identity().requestId());
        Principal principal = place.principal();
        return principal == null
                ? named
                : named.addKeyValue("tenant", principal.tenant().toString())
                        .addKeyValue("principal", principal.account().toString());
    }

    private static final class Burst {

        private final AtomicLong next = new AtomicLong(System.nanoTime());
        private final AtomicLong silent = new AtomicLong();

        /** How many have been left out since the last that was told of; -1 for one that is left out. */
        long others() {
            long now = System.nanoTime();
            long due = next.get();
            if (now - due >= 0 && next.compareAndSet(due, now + PAUSE)) {
                return silent.getAndSet(0);
            }
            silent.incrementAndGet();
            return -1;
        }
    }
}
