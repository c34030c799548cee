package io.sluice.log.rsocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.rsocket.DuplexConnection;
import io.rsocket.RSocketErrorException;
import io.rsocket.frame.ErrorFrameCodec;
import java.net.SocketAddress;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.websocket.WebsocketInbound;

/**
 * An RSocket connection over a WebSocket without the library's unbounded queue: frames go to the channel as they come,
 * with one flush for all of a turn. Who produces many frames asks {@link #isWritable()} first.
 */
final class WebSocketConnection implements DuplexConnection {

    private static final int LARGEST_FRAME = 1 << 20;

    private final WebsocketInbound inbound;
    private final Connection connection;
    private final Channel channel;
    private boolean flushing;

    WebSocketConnection(WebsocketInbound inbound, Connection connection) {
        this.inbound = inbound;
        this.connection = connection;
        this.channel = connection.channel();
    }

    boolean isWritable() {
        return channel.isWritable();
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
        if (!flushing) {
            flushing = true;
            channel.eventLoop().execute(this::flush);
        }
    }

    private void flush() {
        flushing = false;
        channel.flush();
    }

    @Override
    public void sendErrorAndClose(RSocketErrorException error) {
        ByteBuf frame = ErrorFrameCodec.encode(alloc(), 0, error);
        channel.writeAndFlush(new BinaryWebSocketFrame(frame)).addListener(_ -> connection.dispose());
    }

    @Override
    public Flux<ByteBuf> receive() {
        return inbound.aggregateFrames(LARGEST_FRAME).receive();
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
