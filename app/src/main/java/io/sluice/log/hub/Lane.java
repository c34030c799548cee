package io.sluice.log.hub;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** The cursors of one tenant on one event loop: one task for all of them, however many events wait. */
final class Lane {

    private final EventExecutor executor;
    private final List<Cursor> cursors = new ArrayList<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();

    Lane(EventExecutor executor) {
        this.executor = executor;
    }

    /** From any thread. */
    void wake() {
        if (!executor.isShuttingDown() && scheduled.compareAndSet(false, true)) {
            executor.execute(this::turn);
        }
    }

    private void turn() {
        scheduled.set(false);
        for (int i = 0; i < cursors.size(); i++) {
            cursors.get(i).drain();
        }
        cursors.removeIf(Cursor::hasEnded);
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
