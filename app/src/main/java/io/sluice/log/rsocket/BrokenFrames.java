package io.sluice.log.rsocket;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;

/** Closes the connection of a message that is too large, inflated or put together, or that is no message. */
final class BrokenFrames extends ChannelInboundHandlerAdapter {

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof CodecException)) {
            context.fireExceptionCaught(cause);
            return;
        }
        WebSocketCloseStatus status = cause instanceof CorruptedWebSocketFrameException corrupted
                ? corrupted.closeStatus()
                : WebSocketCloseStatus.MESSAGE_TOO_BIG;
        context.writeAndFlush(new CloseWebSocketFrame(status)).addListener(ChannelFutureListener.CLOSE);
    }
}
