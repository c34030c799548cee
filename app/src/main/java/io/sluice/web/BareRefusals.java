package io.sluice.web;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import reactor.netty.NettyPipeline;

/**
 * Gives a body to what the libraries below refuse by themselves: a request that is no HTTP, a line or a header too long,
 * a URI that is none. No filter sees these requests, so their answers are caught where they leave.
 */
@Component
final class BareRefusals implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory> {

    @Override
    public void customize(NettyReactiveWebServerFactory factory) {
        var refusals = new Refusals();
        factory.addServerCustomizers(server -> server.doOnChannelInit((_, channel, _) ->
                channel.pipeline().addBefore(NettyPipeline.ReactiveBridge, "sluice.refusals", refusals)));
    }

    @Sharable
    private static final class Refusals extends ChannelOutboundHandlerAdapter {

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            if (message instanceof FullHttpResponse answer && isBare(answer)) {
                context.write(described(answer), promise);
            } else {
                context.write(message, promise);
            }
        }

        private static boolean isBare(FullHttpResponse answer) {
            return answer.status().code() >= 400
                    && !answer.content().isReadable()
                    && !answer.headers().contains(StandingHeaders.REQUEST_ID);
        }

        private static FullHttpResponse described(FullHttpResponse answer) {
            RequestIdentity identity = RequestIdentity.of(null, null);
            HttpStatus status = HttpStatus.valueOf(answer.status().code());
            byte[] body = Json.bytes(Problems.refusal(status, identity));
            FullHttpResponse described = answer.replace(Unpooled.wrappedBuffer(body));
            answer.release();
            StandingHeaders.set(identity, described.headers()::set);
            described
                    .headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, MediaType.APPLICATION_PROBLEM_JSON_VALUE)
                    .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
                    .set(HttpHeaderNames.CONTENT_LANGUAGE, identity.language().toLanguageTag())
                    .set(HttpHeaderNames.CACHE_CONTROL, "no-store");
            return described;
        }
    }
}
