package io.sluice.load;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;

/**
 * One reader of the stream over all its connections: what it has seen, and where it would go on. Owned by its event
 * loop.
 */
final class Subscriber implements StreamLink.Reader {

    /** What subscribers of one loop share. */
    static final class Shared {
        final EventLoop loop;
        final FrameScan scan = new FrameScan();
        final byte[][] scratch = {new byte[65_536]};
        Tally tally = new Tally(0);
        long now;
        int opened;
        String trouble = "";

        Shared(EventLoop loop) {
            this.loop = loop;
        }
    }

    private static final long RETRY_MILLIS = 200;

    private final Shared shared;
    private final Wish wish;
    private final Positions seen = new Positions();
    private StreamLink link;
    private boolean ready;
    private boolean away;
    private boolean returning;
    private long last;
    private long completeAt;
    private long goal = Long.MAX_VALUE;

    Subscriber(Shared shared, Wish wish) {
        this.shared = shared;
        this.wish = wish;
        this.last = wish.after();
    }

    void open() {
        ready = false;
        away = false;
        link = new StreamLink(wish.from(last), this, shared.scratch);
        link.open(shared.loop);
    }

    /** Breaks the connection and comes back with the last position; from now on also when it is cut off. */
    void cutAndReturn(long millis) {
        returning = true;
        link.cut();
        comeBack(millis);
    }

    private void comeBack(long millis) {
        if (!away) {
            away = true;
            shared.loop.schedule(this::open, millis, TimeUnit.MILLISECONDS);
        }
    }

    void leave() {
        link.cut();
    }

    /** Notes the time when so many events have come. */
    void expect(long events) {
        goal = events;
    }

    void forget() {
        seen.clear();
    }

    @Override
    public void reading() {
        shared.now = Clocks.now();
    }

    @Override
    public void payload(byte[] bytes, int start, int length) {
        shared.tally.payloads++;
        if (!ready) {
            ready = true;
            shared.opened++;
        }
        var frame = shared.scan.read(bytes, start, length);
        for (int i = 0; i < frame.events; i++) {
            event(frame.positions[i], frame.sent[i], frame.at[i]);
        }
        if (frame.events == 0) {
            shared.tally.frame(frame.kind);
        }
    }

    private void event(long position, long sent, long at) {
        if (!seen.add(position)) {
            shared.tally.repeats++;
            return;
        }
        if (position <= last) {
            shared.tally.disorders++;
        }
        last = Math.max(last, position);
        shared.tally.event(sent, at, shared.now);
        if (seen.size() == goal) {
            completeAt = shared.now;
        }
    }

    @Override
    public void ended(StreamLink ended, String reason) {
        if (ended == link) {
            shared.tally.ended++;
            shared.trouble = reason;
            if (returning) {
                comeBack(RETRY_MILLIS);
            }
        }
    }

    long last() {
        return last;
    }

    boolean isReady() {
        return ready;
    }

    long completeAt() {
        return completeAt;
    }

    long seen() {
        return seen.size();
    }

    long missing(long[] positions) {
        long missing = 0;
        for (long position : positions) {
            missing += seen.contains(position) ? 0 : 1;
        }
        return missing;
    }
}
