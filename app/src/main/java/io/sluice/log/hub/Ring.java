package io.sluice.log.hub;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The newest events of one tenant, bounded in number and bytes. One writer at a time (the tail holds its lock), any
 * number of readers: a slot is written before the head that makes it visible. A reader that finds another position in
 * a slot has fallen behind and goes to the pages.
 */
final class Ring {

    private static final int SMALLEST = 1 << 10;

    private final int largest;
    private final long bytesLimit;
    private final Map<String, Long> newest = new ConcurrentHashMap<>();
    private volatile @Nullable LiveEvent[] slots = new LiveEvent[SMALLEST];
    private volatile long head;
    private long oldest;
    private long bytes;

    /**
     * @param head position before the first event to come
     * @param largest a power of two
     */
    Ring(long head, int largest, long bytesLimit) {
        this.head = head;
        this.oldest = head + 1;
        this.largest = largest;
        this.bytesLimit = bytesLimit;
    }

    long head() {
        return head;
    }

    /** The event at the position, or null when the ring does not hold it. */
    @Nullable
    LiveEvent get(long position) {
        @Nullable LiveEvent[] array = slots;
        LiveEvent event = array[(int) (position & (array.length - 1))];
        return event != null && event.position() == position ? event : null;
    }

    /** Position of the newest state-carrying event of the subject that the ring holds; 0 when there is none. */
    long newestOf(String subject) {
        Long position = newest.get(subject);
        return position == null ? 0 : position;
    }

    /** Adds the event after the head. Only under the tail's lock. */
    void add(LiveEvent event) {
        if (event.position() != head + 1) {
            throw new IllegalStateException("position " + event.position() + " does not follow " + head);
        }
        makeRoom();
        @Nullable LiveEvent[] array = slots;
        array[(int) (event.position() & (array.length - 1))] = event;
        bytes += event.bytes();
        if (event.isStateCarrying()) {
            newest.put(event.subject(), event.position());
        }
        head = event.position();
        while (bytes > bytesLimit && oldest < head) {
            dropOldest();
        }
    }

    private void makeRoom() {
        int held = (int) (head + 1 - oldest);
        if (held < slots.length) {
            return;
        }
        if (slots.length < largest) {
            grow();
        } else {
            dropOldest();
        }
    }

    private void grow() {
        @Nullable LiveEvent[] old = slots;
        @Nullable LiveEvent[] wider = new LiveEvent[old.length * 2];
        for (LiveEvent event : old) {
            if (event != null) {
                wider[(int) (event.position() & (wider.length - 1))] = event;
            }
        }
        slots = wider;
    }

    private void dropOldest() {
        @Nullable LiveEvent[] array = slots;
        int slot = (int) (oldest & (array.length - 1));
        LiveEvent event = array[slot];
        if (event != null) {
            bytes -= event.bytes();
            newest.remove(event.subject(), event.position());
            array[slot] = null;
        }
        oldest++;
    }

    /** Forgets everything and goes on after the position. Only under the tail's lock. */
    void restartAt(long position) {
        slots = new LiveEvent[SMALLEST];
        newest.clear();
        bytes = 0;
        oldest = position + 1;
        head = position;
    }

    long bytes() {
        return bytes;
    }
}
