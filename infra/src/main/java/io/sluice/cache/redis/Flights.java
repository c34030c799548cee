package io.sluice.cache.redis;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Loads that run on this node, one for all who ask for the same key meanwhile. Who cancels leaves; when the last one
 * has left, the load is cancelled. A load has gone from here before its answer or failure reaches anyone.
 */
final class Flights {

    private final Map<String, Flight> flights = new ConcurrentHashMap<>();
    private final int limit;

    Flights(int limit) {
        this.limit = limit;
    }

    /** @param current whether a load that began at the mark is still good for one who asks now */
    Mono<Answer> join(String key, Mark mark, Predicate<Mark> current, Mono<Answer> load) {
        return Mono.defer(() -> flights.size() < limit
                ? Mono.using(() -> board(key, mark, current, load), Flight::answer, Flight::leave)
                : load);
    }

    private Flight board(String key, Mark mark, Predicate<Mark> current, Mono<Answer> load) {
        return flights.compute(
                key,
                (_, running) -> running != null && current.test(running.mark) && running.boarded()
                        ? running
                        : new Flight(key, mark, load));
    }

    private final class Flight {

        private final String key;
        private final Mark mark;
        private final AtomicInteger riders = new AtomicInteger(1);
        private final Sinks.Empty<Void> abandoned = Sinks.empty();
        private final Mono<Answer> answer;

        Flight(String key, Mark mark, Mono<Answer> load) {
            this.key = key;
            this.mark = mark;
            this.answer = load.takeUntilOther(abandoned.asMono())
                    .doOnTerminate(this::land)
                    .cache();
        }

        Mono<Answer> answer() {
            return answer;
        }

        /** False when the last rider has left: then it is being cancelled. */
        boolean boarded() {
            return riders.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
        }

        void leave() {
            if (riders.decrementAndGet() == 0) {
                land();
                abandoned.tryEmitEmpty();
            }
        }

        private void land() {
            flights.remove(key, this);
        }
    }
}
