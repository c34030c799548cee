package io.sluice.log.rsocket;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.rsocket.ConnectionSetupPayload;
import io.rsocket.RSocket;
import io.rsocket.core.RSocketServer;
import io.rsocket.exceptions.RejectedSetupException;
import io.rsocket.frame.decoder.PayloadDecoder;
import io.sluice.log.hub.Hub;
import io.sluice.log.hub.StreamConnection;
import io.sluice.log.hub.StreamSettings;
import io.sluice.shared.Problem;
import io.sluice.web.AllowedOrigins;
import io.sluice.web.ClientAddress;
import io.sluice.web.Identities;
import io.sluice.web.Incidents;
import io.sluice.web.Json;
import io.sluice.web.Problems;
import io.sluice.web.RequestIdentity;
import io.sluice.web.StandingHeaders;
import java.util.List;
import java.util.Optional;
import org.reactivestreams.Publisher;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.WebsocketServerSpec;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;

/**
 * RSocket over WebSocket at {@code /rsocket}, on the server's own port. The origin and the address are judged before
 * the upgrade, the identity in SETUP.
 */
@Component
final class RSocketEndpoint implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory> {

    static final String PATH = "/rsocket";
    private static final int LARGEST_PAYLOAD = 1 << 20;
    static final int LARGEST_FRAME = LARGEST_PAYLOAD + 1024;
    private static final int LONGEST_KEEPALIVE_MILLIS = 60_000;

    private final Hub hub;
    private final Rpc rpc;
    private final Identities identities;
    private final ClientAddress addresses;
    private final AllowedOrigins origins;
    private final StreamSettings settings;
    private final ConnectLimit connects;
    private final MessageLimit messages;
    private final Incidents incidents;
    private final WebsocketServerSpec spec = WebsocketServerSpec.builder()
            .maxFramePayloadLength(LARGEST_FRAME)
            .compress(false)
            .build();

    RSocketEndpoint(
            Hub hub,
            Rpc rpc,
            Identities identities,
            ClientAddress addresses,
            AllowedOrigins origins,
            StreamSettings settings,
            Incidents incidents) {
        this.hub = hub;
        this.rpc = rpc;
        this.identities = identities;
        this.addresses = addresses;
        this.origins = origins;
        this.settings = settings;
        this.incidents = incidents;
        this.connects = new ConnectLimit(settings.connectsPerAddress(), settings.addressBlock());
        this.messages = new MessageLimit(settings.messagesPerUser());
    }

    @Override
    public void customize(NettyReactiveWebServerFactory factory) {
        factory.addRouteProviders(routes -> routes.route(
                request -> request.uri().equals(PATH) || request.uri().startsWith(PATH + "?"), this::upgrade));
    }

    private Publisher<Void> upgrade(HttpServerRequest request, HttpServerResponse response) {
        var identity = RequestIdentity.of(
                request.requestHeaders().get("traceparent"),
                request.requestHeaders().get(HttpHeaderNames.ACCEPT_LANGUAGE));
        String address = addresses.of(
                request.remoteAddress() instanceof java.net.InetSocketAddress remote ? remote : null,
                request.requestHeaders().getAll("X-Forwarded-For"));
        if (!origins.allows(
                request.requestHeaders().get("Origin"), request.requestHeaders().get("Host"))) {
            return refuse(response, identity, new Problem.Forbidden("origin", "this origin is not listed"));
        }
        if (!connects.admits(address)) {
            return refuse(
                    response,
                    identity,
                    new Problem.TooMany("connect-limit", "too many connections of this address", connects.block()));
        }
        if (!"websocket".equalsIgnoreCase(request.requestHeaders().get("Upgrade"))) {
            return refuse(
                    response,
                    identity,
                    new Problem.Invalid("upgrade-required", "a WebSocket upgrade is expected", List.of()));
        }
        Optional<Deflation> deflation = Deflation.of(request.requestHeaders());
        deflation.ifPresent(it -> response.header(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS, it.answer()));
        return response.sendWebsocket((in, out) -> serve(in, out, address, identity, deflation), spec);
    }

    private Publisher<Void> refuse(HttpServerResponse response, RequestIdentity identity, Problem problem) {
        StandingHeaders.set(identity, response.responseHeaders()::set);
        long seconds = Problems.retryAfter(problem).toSeconds();
        if (seconds > 0) {
            response.header("Retry-After", Long.toString(seconds));
        }
        return response.status(Problems.statusOf(problem).value())
                .header("Content-Type", "application/problem+json")
                .sendString(Mono.fromSupplier(() -> Json.write(incidents.report(problem, placeOf(identity)))));
    }

    private static Incidents.Place placeOf(RequestIdentity identity) {
        return new Incidents.Place(identity, PATH, null);
    }

    private Publisher<Void> serve(
            WebsocketInbound in,
            WebsocketOutbound out,
            String address,
            RequestIdentity identity,
            Optional<Deflation> deflation) {
        Connection[] holder = new Connection[1];
        in.withConnection(it -> holder[0] = it);
        Connection connection = holder[0];
        Channel channel = connection.channel();
        int unsent = (int) settings.unsent().toBytes();
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(unsent / 2, unsent));
        deflation.ifPresent(it -> it.install(channel.pipeline()));
        var wire = new WebSocketConnection(in, connection, deflation.isPresent());
        channel.pipeline().addFirst("sluice.pulse", new Pulse(wire, settings.silence()));
        // The library's own handler keeps the news of writability for itself, so ours stands before it.
        channel.pipeline().addBefore(NettyPipeline.ReactiveBridge, "sluice.drained", new Drained(wire));
        var accepted = RSocketServer.create((setup, _) -> accept(setup, wire, channel, connection, address)
                        .onErrorMap(error -> toRejection(error, identity)))
                .payloadDecoder(PayloadDecoder.DEFAULT)
                .maxInboundPayloadSize(LARGEST_PAYLOAD)
                .asConnectionAcceptor(LARGEST_PAYLOAD);
        return accepted.apply(wire).then(out.neverComplete());
    }

    private Mono<RSocket> accept(
            ConnectionSetupPayload setup,
            WebSocketConnection wire,
            Channel channel,
            Connection connection,
            String address) {
        return Mono.defer(() -> identities.require(tokenOf(setup)))
                .map(principal -> hub.admit(principal, "rsocket", address))
                .map(admitted -> welcome(admitted, wire, channel, connection));
    }

    private static String tokenOf(ConnectionSetupPayload setup) {
        if (setup.keepAliveInterval() > LONGEST_KEEPALIVE_MILLIS) {
            throw Problem.Invalid.field("keepAlive", "out-of-range", "a keep-alive of at most 60 s is expected");
        }
        if (!"message/x.rsocket.composite-metadata.v0".equals(setup.metadataMimeType())) {
            throw Problem.Invalid.field("metadataMimeType", "unknown-value", "composite metadata is expected");
        }
        String bearer = Metadata.of(setup).bearer();
        if (bearer == null) {
            throw new Problem.Unauthenticated("unauthenticated", "a bearer token in SETUP is required");
        }
        return bearer;
    }

    private RSocket welcome(
            StreamConnection admitted, WebSocketConnection wire, Channel channel, Connection connection) {
        admitted.closeBy(connection::dispose);
        connection.onDispose(() -> hub.release(admitted));
        wire.onWritable(admitted::wake);
        return new ClientSocket(hub, rpc, wire, channel.eventLoop(), admitted, messages, incidents);
    }

    private Throwable toRejection(Throwable error, RequestIdentity identity) {
        return new RejectedSetupException(Json.write(incidents.report(error, placeOf(identity))));
    }

    /** Tells the connection when what was unsent has left; keeps from the library what it would take for its frames. */
    private static final class Drained extends ChannelInboundHandlerAdapter {

        private final WebSocketConnection wire;

        Drained(WebSocketConnection wire) {
            this.wire = wire;
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            if (context.channel().isWritable()) {
                wire.drained();
            }
            context.fireChannelWritabilityChanged();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof PongWebSocketFrame pong) {
                pong.release();
                context.read();
            } else {
                context.fireChannelRead(message);
            }
        }
    }
}
