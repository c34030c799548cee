package io.sluice.log.hub;

import io.netty.channel.DefaultEventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A reader on an event loop of its own that takes what the test lets it take. */
final class ScriptedReader implements Outlet {

    record Frame(FrameKind kind, long position, String json) {}

    private final DefaultEventLoop loop;
    final List<Frame> frames = new CopyOnWriteArrayList<>();
    volatile boolean writable = true;
    volatile boolean completed;
    volatile boolean aborted;
    volatile boolean sse;

    @Nullable
    Cursor cursor;

    ScriptedReader(DefaultEventLoop loop) {
        this.loop = loop;
    }

    /** Runs on the loop, and everything that it brought there, too. */
    <T> T onLoop(Callable<T> work) {
        try {
            T done = loop.submit(work).get(5, TimeUnit.SECONDS);
            settle();
            return done;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    void settle() {
        for (int i = 0; i < 20; i++) {
            try {
                loop.submit(() -> {}).get(5, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    Cursor cursor() {
        return Objects.requireNonNull(cursor);
    }

    ScriptedReader starts(Hub.Prepared prepared) {
        cursor = onLoop(() -> prepared.start(this));
        return this;
    }

    ScriptedReader asks(long n) {
        cursor().request(n);
        settle();
        return this;
    }

    void ticks(Duration later) {
        onLoop(() -> {
            cursor().tick(System.nanoTime() + later.toNanos());
            return true;
        });
    }

    List<Frame> of(FrameKind kind) {
        return frames.stream().filter(frame -> frame.kind() == kind).toList();
    }

    /** The positions of all events, those in batches, too. */
    List<Long> positions() {
        List<Long> positions = new ArrayList<>();
        for (Frame frame : of(FrameKind.EVENT)) {
            boolean batch = frame.json().contains("\"events\":[");
            String[] parts = frame.json().split("\"frame\":\"event\",\"position\":");
            Arrays.stream(parts)
                    .skip(batch ? 2 : 1)
                    .forEach(part -> positions.add(Long.valueOf(part.split("[,}]", 2)[0])));
        }
        return positions;
    }

    @Override
    public EventExecutor executor() {
        return loop;
    }

    @Override
    public boolean isWritable() {
        return writable;
    }

    @Override
    public void frame(FrameKind kind, long position, byte[] json) {
        frames.add(new Frame(kind, position, new String(json, StandardCharsets.UTF_8)));
    }

    @Override
    public void complete() {
        completed = true;
    }

    @Override
    public boolean endsWhenStalled() {
        return sse;
    }

    @Override
    public void abort() {
        aborted = true;
    }
}
