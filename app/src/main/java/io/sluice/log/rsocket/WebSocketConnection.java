package io.sluice.log.rsocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameEncoder;
import io.rsocket.DuplexConnection;
import io.rsocket.Payload;
import io.rsocket.RSocketErrorException;
import io.rsocket.frame.ErrorFrameCodec;
import io.rsocket.frame.FrameHeaderCodec;
import io.rsocket.frame.PayloadFrameCodec;
import java.net.SocketAddress;
import java.util.Iterator;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;
import reactor.netty.http.websocket.WebsocketInbound;

/**
 * An RSocket connection over a WebSocket without the library's unbounded queue: frames go to the channel as they come,
 * with one flush for all of a turn. Who produces many frames asks {@link #isWritable()} first.
 */
final class WebSocketConnection implements DuplexConnection {

    private static final int LARGEST_FRAME = 1 << 20;
    private static final long MOST_UNSENT = 16L << 20;
    private static final int COST_OF_A_TURN = 1 << 10;

    private final WebsocketInbound inbound;
    private final Connection connection;
    private final Channel channel;
    private final NavigableMap<Long, Sinks.Empty<Void>> waiting = new ConcurrentSkipListMap<>();
    private final AtomicLong turns = new AtomicLong();
    private final AtomicLong bytesWaiting = new AtomicLong();
    private volatile Runnable onWritable = () -> {};
    private final ChannelHandlerContext encoder;
    private final boolean deflates;
    private int heard;
    private boolean flushing;

    WebSocketConnection(WebsocketInbound inbound, Connection connection, boolean deflates) {
        this.deflates = deflates;
        this.inbound = inbound;
        this.connection = connection;
        this.channel = connection.channel();
        this.encoder = Objects.requireNonNull(
                channel.pipeline().context(WebSocketFrameEncoder.class), "no encoder of WebSocket frames");
    }

    /** The stream of the frame that is being heard. */
    int stream() {
        return heard;
    }

    /**
     * Sends a stream's next payload, the bytes of which other connections may share; on the event loop. It goes in below
     * the library's encoders, which would wrap and copy it for each subscriber; unless it is to be compressed.
     */
    void sendNext(int stream, byte[] json) {
        if (deflates && Deflation.isWorthIt(WholeFrames.FRAME_HEADER + json.length)) {
            write(PayloadFrameCodec.encode(alloc(), stream, false, false, true, null, Unpooled.wrappedBuffer(json)));
            return;
        }
        ByteBuf frame = WholeFrames.next(stream, json);
        if (encoder.isRemoved()) {
            frame.release();
            return;
        }
        encoder.write(frame, channel.voidPromise());
        written();
    }

    boolean isWritable() {
        return channel.isWritable();
    }

    /** Completes as soon as the channel can take the answer, whose reader may be slow as well. */
    Mono<Void> awaitWritable(Payload answer) {
        return Mono.defer(() -> channel.isWritable()
                ? Mono.empty()
                : turn(COST_OF_A_TURN + answer.data().readableBytes()));
    }

    private Mono<Void> turn(int bytes) {
        long number = turns.incrementAndGet();
        Sinks.Empty<Void> turn = Sinks.empty();
        waiting.put(number, turn);
        if (bytesWaiting.addAndGet(bytes) > MOST_UNSENT) {
            connection.dispose(); // asks and never reads
        }
        if (mayGoOn()) {
            turn.tryEmitEmpty();
        }
        return turn.asMono().doFinally(_ -> leave(number, bytes));
    }

    private void leave(long number, int bytes) {
        waiting.remove(number);
        bytesWaiting.addAndGet(-bytes);
    }

    private boolean mayGoOn() {
        return channel.isWritable() || !channel.isActive();
    }

    /** Sets who else is told, each time the channel can take more again. */
    void onWritable(Runnable task) {
        onWritable = task;
    }

    /** The channel can take more. */
    void drained() {
        onWritable.run();
        Iterator<Sinks.Empty<Void>> next = waiting.values().iterator();
        while (mayGoOn() && next.hasNext()) {
            next.next().tryEmitEmpty();
        }
    }

    @Override
    public void sendFrame(int streamId, ByteBuf frame) {
        if (channel.eventLoop().inEventLoop()) {
            write(frame);
        } else {
            channel.eventLoop().execute(() -> write(frame));
        }
    }

    private void write(ByteBuf frame) {
        channel.write(new BinaryWebSocketFrame(frame), channel.voidPromise());
        written();
    }

    private void written() {
        if (channel.bytesBeforeWritable() > MOST_UNSENT) {
            connection.dispose(); // asks and never reads
            return;
        }
        if (!flushing) {
            flushing = true;
            channel.eventLoop().execute(this::flush);
        }
    }

    /** Asks the peer for a sign of life. */
    void ping() {
        channel.writeAndFlush(new PingWebSocketFrame());
    }

    private void flush() {
        flushing = false;
        encoder.flush();
    }

    @Override
    public void sendErrorAndClose(RSocketErrorException error) {
        ByteBuf frame = ErrorFrameCodec.encode(alloc(), 0, error);
        channel.writeAndFlush(new BinaryWebSocketFrame(frame)).addListener(_ -> connection.dispose());
    }

    @Override
    public Flux<ByteBuf> receive() {
        WebsocketInbound whole = inbound.aggregateFrames(LARGEST_FRAME);
        connection.addHandlerLast("sluice.broken", new BrokenFrames());
        return whole.receive().doOnNext(this::hear);
    }

    private void hear(ByteBuf frame) {
        heard = frame.readableBytes() < Integer.BYTES ? 0 : FrameHeaderCodec.streamId(frame);
    }

    @Override
    public ByteBufAllocator alloc() {
        return channel.alloc();
    }

    @Override
    public SocketAddress remoteAddress() {
        return channel.remoteAddress();
    }

    @Override
    public Mono<Void> onClose() {
        return connection.onDispose();
    }

    @Override
    public void dispose() {
        connection.dispose();
    }

    @Override
    public boolean isDisposed() {
        return connection.isDisposed();
    }
}
