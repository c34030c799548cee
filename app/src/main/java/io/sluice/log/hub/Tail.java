package io.sluice.log.hub;

import io.netty.util.concurrent.EventExecutor;
import io.sluice.log.EventTypes;
import io.sluice.log.Head;
import io.sluice.log.Recorded;
import io.sluice.shared.TenantId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The end of one tenant's log on this node: its ring, and the lanes that drain it. */
final class Tail {

    private static final int PENDING_GROUPS = 256;

    private final TenantId tenant;
    private final EventTypes types;
    private final Ring ring;
    private final TreeMap<Long, List<Recorded>> pending = new TreeMap<>();
    private final Map<EventExecutor, Lane> lanes = new ConcurrentHashMap<>();
    private volatile boolean wantedAnew;
    private final AtomicBoolean reading = new AtomicBoolean();
    private final AtomicInteger readers = new AtomicInteger();
    private final AtomicLong wanted = new AtomicLong();
    private volatile long oldest;
    private volatile long usedAt = System.nanoTime();

    Tail(TenantId tenant, Head head, EventTypes types, StreamSettings settings) {
        this.tenant = tenant;
        this.types = types;
        this.oldest = head.oldest();
        this.ring = new Ring(
                head.position(), settings.ringEvents(), settings.ringBytes().toBytes());
    }

    TenantId tenant() {
        return tenant;
    }

    Ring ring() {
        return ring;
    }

    long head() {
        return ring.head();
    }

    long oldest() {
        return oldest;
    }

    void used() {
        usedAt = System.nanoTime();
    }

    boolean isUnusedSince(long nanos) {
        return usedAt - nanos < 0 && readers.get() == 0;
    }

    void join() {
        readers.incrementAndGet();
        used();
    }

    void leave() {
        readers.decrementAndGet();
        used();
    }

    /** Another node's head was heard of: who reads goes on until it is there. */
    void want(long head) {
        wanted.accumulateAndGet(head, Math::max);
        wantedAnew = true;
    }

    /** Events that it has heard of and not read yet. */
    long lag() {
        return Math.max(0, wanted.get() - ring.head());
    }

    long wanted() {
        return wanted.get();
    }

    /** A head was heard of after the last page was asked for, and is not there yet: its hint found a reader at its end. */
    boolean isWantedAnew() {
        return wantedAnew && isBehind();
    }

    /** The position after which the next page begins. */
    long startPage() {
        wantedAnew = false;
        return ring.head();
    }

    boolean isBehind() {
        return ring.head() < wanted.get();
    }

    Lane laneOf(EventExecutor executor) {
        return lanes.computeIfAbsent(executor, Lane::new);
    }

    Iterable<Lane> lanes() {
        return lanes.values();
    }

    /** One reader of the log at a time; true for the one that may start. */
    boolean startReading() {
        return reading.compareAndSet(false, true);
    }

    void stopReading() {
        reading.set(false);
    }

    /**
     * Takes events from a commit or a page, in any order and more than once: what follows the head goes into the ring,
     * what comes too early waits for those before it. True when the ring grew.
     */
    boolean offer(List<Recorded> events) {
        boolean grew;
        synchronized (pending) {
            grew = append(events);
            while (!pending.isEmpty() && pending.firstKey() <= ring.head() + 1) {
                grew |= append(pending.pollFirstEntry().getValue());
            }
            if (events.getFirst().position() > ring.head() + 1 && pending.size() < PENDING_GROUPS) {
                pending.put(events.getFirst().position(), events);
            }
        }
        if (grew) {
            wake();
        }
        return grew;
    }

    private boolean append(List<Recorded> events) {
        boolean grew = false;
        for (Recorded event : events) {
            if (event.position() == ring.head() + 1) {
                ring.add(LiveEvent.of(event, types));
                grew = true;
            }
        }
        return grew;
    }

    /** So far behind that reading everything would be in vain: readers take pages up to here. */
    void jumpTo(long head) {
        synchronized (pending) {
            if (head > ring.head()) {
                ring.restartAt(head);
                pending.headMap(head, true).clear();
            }
        }
        wake();
    }

    private void wake() {
        lanes.values().forEach(Lane::wake);
    }
}
