package io.sluice.log.rsocket;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Closes the connection of a peer that was silent for long. Halfway it is asked by a WebSocket ping, which every client
 * answers by itself, whatever keep-alive it chose. What is sent to it counts for nothing.
 */
final class Pulse extends IdleStateHandler {

    private final WebSocketConnection wire;

    Pulse(WebSocketConnection wire, Duration silence) {
        super(silence.toMillis() / 2, 0, 0, TimeUnit.MILLISECONDS);
        this.wire = wire;
    }

    @Override
    protected void channelIdle(ChannelHandlerContext context, IdleStateEvent half) {
        if (half.isFirst()) {
            wire.ping();
        } else {
            context.close();
        }
    }
}
