package io.sluice.log.hub;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The cursors of one tenant on one event loop: one task for all of them, however many events wait. */
final class Lane {

    private static final int CROWD = 100;
    private static final long LONGEST_REST = TimeUnit.MILLISECONDS.toNanos(50);

    private final EventExecutor executor;
    private final List<Cursor> cursors = new ArrayList<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private volatile boolean wanted;
    private long notBefore = System.nanoTime();

    Lane(EventExecutor executor) {
        this.executor = executor;
    }

    /** From any thread. */
    void wake() {
        wanted = true;
        if (!executor.isShuttingDown() && scheduled.compareAndSet(false, true)) {
            executor.execute(this::turn);
        }
    }

    private void turn() {
        long begun = System.nanoTime();
        long early = notBefore - begun;
        if (early > 0) {
            executor.schedule(this::turn, early, TimeUnit.NANOSECONDS);
            return;
        }
        wanted = false;
        for (int i = 0; i < cursors.size(); i++) {
            cursors.get(i).drain();
        }
        cursors.removeIf(Cursor::hasEnded);
        executor.execute(() -> end(begun)); // behind what the cursors' connections have to flush
    }

    /**
     * A turn for a crowd is followed by a rest as long as it took, and three times as long when events came meanwhile:
     * those of the rest leave together, one send for each connection, so that the more there are the less each costs, and
     * commands find a processor. A lone event finds the lane rested.
     */
    private void end(long begun) {
        long now = System.nanoTime();
        long rest = (wanted ? 3 : 1) * (now - begun);
        notBefore = cursors.size() < CROWD ? now : now + Math.min(rest, LONGEST_REST);
        scheduled.set(false);
        if (wanted) {
            wake();
        }
    }

    void tick(long nanos) {
        if (executor.isShuttingDown()) {
            return;
        }
        executor.execute(() -> {
            for (int i = 0; i < cursors.size(); i++) {
                cursors.get(i).tick(nanos);
            }
            cursors.removeIf(Cursor::hasEnded);
        });
    }

    /** Only on the executor. */
    void add(Cursor cursor) {
        cursors.add(cursor);
    }

    /** Only on the executor. */
    void remove(Cursor cursor) {
        cursors.remove(cursor);
    }
}
