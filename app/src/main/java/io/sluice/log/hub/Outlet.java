package io.sluice.log.hub;

import io.netty.util.concurrent.EventExecutor;

/** Where a stream's frames go: one transport's end of one stream. All verbs are called on {@link #executor()}. */
public interface Outlet {

    EventExecutor executor();

    /** False while the connection has as much unsent as it may have; {@link Cursor#wake()} follows when it drains. */
    boolean isWritable();

    /** A JSON frame; {@code position} is the resume point after it. The bytes are shared: not to be changed. */
    void frame(FrameKind kind, long position, byte[] json);

    /** The stream is over; nothing follows. */
    void complete();

    /** True where a reader that takes nothing for a long time is cut off. */
    default boolean endsWhenStalled() {
        return false;
    }

    /** The reader takes nothing any more: its connection is closed. */
    default void abort() {
        complete();
    }
}
