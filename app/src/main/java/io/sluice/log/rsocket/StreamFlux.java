package io.sluice.log.rsocket;

import io.netty.util.concurrent.EventExecutor;
import io.rsocket.Payload;
import io.sluice.log.hub.Cursor;
import io.sluice.log.hub.FrameKind;
import io.sluice.log.hub.Hub;
import io.sluice.log.hub.Outlet;
import io.sluice.shared.Problem;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * A stream's frames, straight from the cursor to the connection: no operator stands between, and no payload is made. The
 * library's subscriber is told of the end alone.
 */
final class StreamFlux extends Flux<Payload> {

    private final Hub.Prepared prepared;
    private final WebSocketConnection connection;
    private final int stream;
    private final EventExecutor executor;
    private final Consumer<Cursor> started;

    /**
     * @param stream the id of the stream on the connection
     * @param started is told the cursor, on its executor
     */
    StreamFlux(
            Hub.Prepared prepared,
            WebSocketConnection connection,
            int stream,
            EventExecutor executor,
            Consumer<Cursor> started) {
        this.prepared = prepared;
        this.connection = connection;
        this.stream = stream;
        this.executor = executor;
        this.started = started;
    }

    @Override
    public void subscribe(CoreSubscriber<? super Payload> reader) {
        var link = new Link(reader);
        reader.onSubscribe(link);
        executor.execute(link::begin);
    }

    private final class Link implements Subscription, Outlet {

        private final CoreSubscriber<? super Payload> reader;
        private @Nullable Cursor cursor;
        private long early;
        private boolean gone;

        Link(CoreSubscriber<? super Payload> reader) {
            this.reader = reader;
        }

        void begin() {
            if (gone) {
                return;
            }
            Cursor begun;
            try {
                begun = prepared.start(this);
            } catch (Problem refused) {
                gone = true;
                reader.onError(refused);
                return;
            }
            cursor = begun;
            started.accept(begun);
            if (early > 0) {
                begun.request(early);
            }
        }

        @Override
        public void request(long n) {
            onExecutor(() -> {
                if (cursor != null) {
                    cursor.request(n);
                } else {
                    early = early + n < 0 ? Long.MAX_VALUE : early + n;
                }
            });
        }

        @Override
        public void cancel() {
            onExecutor(() -> {
                gone = true;
                if (cursor != null) {
                    cursor.cancel();
                }
            });
        }

        private void onExecutor(Runnable task) {
            if (executor.inEventLoop()) {
                task.run();
            } else {
                executor.execute(task);
            }
        }

        @Override
        public EventExecutor executor() {
            return executor;
        }

        @Override
        public boolean isWritable() {
            return connection.isWritable();
        }

        @Override
        public void frame(FrameKind kind, long position, byte[] json) {
            connection.sendNext(stream, json);
        }

        @Override
        public void complete() {
            reader.onComplete();
        }
    }
}
