package io.sluice.log.hub;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.log.EventTypes;
import io.sluice.log.LogSource;
import io.sluice.shared.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Catch-up by pages of 500 positions, aligned, so that readers on the same way share a page and its encoding. At most
 * eight pages are read at once; who finds them all taken is woken when one is done.
 */
final class Pages {

    static final int SIZE = 500;
    private static final int AT_ONCE = 8;
    private static final long BYTES_KEPT = 32L << 20;

    private record Key(TenantId tenant, long index) {}

    /** What a position's page holds; {@code events} may end before the page does, at the head. */
    record Page(long index, List<LiveEvent> events) {

        boolean isWhole() {
            return events.size() == SIZE;
        }

        boolean covers(long position) {
            return indexOf(position) == index;
        }
    }

    private final LogSource source;
    private final EventTypes types;
    private final AtomicInteger reading = new AtomicInteger();
    private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AsyncCache<Key, Page> pages = Caffeine.newBuilder()
            .maximumWeight(BYTES_KEPT)
            .weigher((Key _, Page page) ->
                    page.events().stream().mapToInt(LiveEvent::bytes).sum() + 64)
            .expireAfterWrite(Duration.ofSeconds(10))
            .buildAsync();

    Pages(LogSource source, EventTypes types) {
        this.source = source;
        this.types = types;
    }

    static long indexOf(long position) {
        return (position - 1) / SIZE;
    }

    /** The page with the position, or null when too many are read already: then {@code later} is run in time. */
    org.reactivestreams.@org.jspecify.annotations.Nullable Publisher<Page> read(
            TenantId tenant, long position, Runnable later) {
        var key = new Key(tenant, indexOf(position));
        CompletableFuture<Page> present = pages.getIfPresent(key);
        if (present != null) {
            return reactor.core.publisher.Mono.fromFuture(present, true);
        }
        if (reading.get() >= AT_ONCE) {
            waiting.add(later);
            if (reading.get() < AT_ONCE) {
                wakeWaiting();
            }
            return null;
        }
        return reactor.core.publisher.Mono.fromFuture(load(key), true);
    }

    /** Reads ahead, if there is room. */
    void prepare(TenantId tenant, long position) {
        if (reading.get() < AT_ONCE) {
            load(new Key(tenant, indexOf(position)));
        }
    }

    /** Joins the page's reading, or begins it. */
    private CompletableFuture<Page> load(Key key) {
        var begun = new CompletableFuture<Page>();
        CompletableFuture<Page> present = pages.asMap().putIfAbsent(key, begun);
        if (present != null) {
            return present;
        }
        reading.incrementAndGet();
        source.page(key.tenant(), key.index() * SIZE, SIZE)
                .map(events -> new Page(
                        key.index(),
                        events.stream().map(event -> LiveEvent.of(event, types)).toList()))
                .doFinally(_ -> done())
                .toFuture()
                .whenComplete((page, error) -> finish(key, begun, page, error));
        return begun;
    }

    private void finish(
            Key key,
            CompletableFuture<Page> begun,
            @org.jspecify.annotations.Nullable Page page,
            @org.jspecify.annotations.Nullable Throwable error) {
        forgetUnlessWhole(key, page);
        if (error == null && page != null) {
            begun.complete(page);
        } else {
            begun.completeExceptionally(error == null ? new IllegalStateException("no page") : error);
        }
    }

    private void forgetUnlessWhole(Key key, @org.jspecify.annotations.Nullable Page page) {
        if (page == null || !page.isWhole()) {
            pages.asMap().remove(key);
        }
    }

    private void done() {
        reading.decrementAndGet();
        wakeWaiting();
    }

    /** All of them: who finds its page there, or is gone by now, would wake nobody else. */
    private void wakeWaiting() {
        for (int i = waiting.size(); i > 0; i--) {
            Runnable next = waiting.poll();
            if (next != null) {
                next.run();
            }
        }
    }
}
