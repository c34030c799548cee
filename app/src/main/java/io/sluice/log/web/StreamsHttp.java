package io.sluice.log.web;

import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import io.sluice.log.hub.Cursor;
import io.sluice.log.hub.FrameKind;
import io.sluice.log.hub.Hub;
import io.sluice.log.hub.Outlet;
import io.sluice.log.hub.StreamConnection;
import io.sluice.log.hub.StreamWish;
import io.sluice.shared.Problem;
import io.sluice.web.AllowedOrigins;
import io.sluice.web.Answers;
import io.sluice.web.Call;
import io.sluice.web.ClientAddress;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/** A stream over plain HTTP, so that {@code curl -N} is a client. */
@RestController
@Tag(name = "log")
final class StreamsHttp {

    private final Hub hub;
    private final ClientAddress addresses;
    private final AllowedOrigins origins;

    StreamsHttp(Hub hub, ClientAddress addresses, AllowedOrigins origins) {
        this.hub = hub;
        this.addresses = addresses;
        this.origins = origins;
    }

    @GetMapping(
            path = "/api/streams",
            produces = {MediaType.TEXT_EVENT_STREAM_VALUE, MediaType.APPLICATION_NDJSON_VALUE})
    @Operation(summary = "Events as they happen, after any position")
    @Answers(
            type = "text/event-stream",
            problems = {"400 position-ahead", "400 topic-limit", "429 stream-limit", "429 user-full", "503 node-full"})
    Mono<Void> stream(@ParameterObject StreamWish wish, Call call) {
        ServerWebExchange exchange = call.exchange();
        boolean lines = wantsLines(exchange.getRequest());
        return Mono.defer(() -> {
            HttpHeaders sent = exchange.getRequest().getHeaders();
            if (!origins.allows(sent.getOrigin(), sent.getFirst(HttpHeaders.HOST))) {
                throw new Problem.Forbidden("origin", "this origin is not listed");
            }
            StreamConnection connection =
                    hub.admit(call.principal(), lines ? "ndjson" : "sse", addresses.of(exchange.getRequest()));
            connection.closeBy(() -> channelOf(exchange).close());
            return hub.prepare(connection, resumed(wish, exchange.getRequest()))
                    .flatMap(prepared -> write(exchange.getResponse(), prepared, channelOf(exchange), lines))
                    .doFinally(_ -> hub.release(connection));
        });
    }

    private static boolean wantsLines(ServerHttpRequest request) {
        return request.getHeaders().getAccept().stream().anyMatch(MediaType.APPLICATION_NDJSON::equalsTypeAndSubtype);
    }

    /** {@code Last-Event-ID} wins: a browser sends it when it comes back by itself. */
    private static StreamWish resumed(StreamWish wish, ServerHttpRequest request) {
        String last = request.getHeaders().getFirst("Last-Event-ID");
        return last == null ? wish : wish.resumedAfter(positionOf(last));
    }

    private static long positionOf(String last) {
        try {
            return Math.max(0, Long.parseLong(last.strip()));
        } catch (NumberFormatException _) {
            throw Problem.Invalid.field("Last-Event-ID", "wrong-type", "a position is expected");
        }
    }

    private static Channel channelOf(ServerWebExchange exchange) {
        Connection connection = ServerHttpRequestDecorator.getNativeRequest(exchange.getRequest());
        return connection.channel();
    }

    private static Mono<Void> write(
            ServerHttpResponse response, Hub.Prepared prepared, Channel channel, boolean lines) {
        HttpHeaders headers = response.getHeaders();
        headers.setContentType(lines ? MediaType.APPLICATION_NDJSON : MediaType.TEXT_EVENT_STREAM);
        headers.setCacheControl("no-store");
        headers.set("X-Accel-Buffering", "no");
        var frames = new FrameFlux(prepared, channel, lines ? StreamsHttp::line : StreamsHttp::event);
        DataBufferFactory buffers = response.bufferFactory();
        return response.writeAndFlushWith(frames.map(bytes -> Mono.<DataBuffer>just(buffers.wrap(bytes))));
    }

    private static byte[] line(FrameKind kind, byte[] json, long position) {
        return joined(new byte[0], json, NEW_LINE);
    }

    private static byte[] event(FrameKind kind, byte[] json, long position) {
        String head = "event: " + kind.word() + "\nid: " + position + "\ndata: ";
        return joined(head.getBytes(StandardCharsets.US_ASCII), json, END_OF_EVENT);
    }

    private static final byte[] NEW_LINE = {'\n'};
    private static final byte[] END_OF_EVENT = {'\n', '\n'};

    private static byte[] joined(byte[] head, byte[] json, byte[] end) {
        byte[] out = new byte[head.length + json.length + end.length];
        System.arraycopy(head, 0, out, 0, head.length);
        System.arraycopy(json, 0, out, head.length, json.length);
        System.arraycopy(end, 0, out, head.length + json.length, end.length);
        return out;
    }

    @FunctionalInterface
    private interface Form {
        byte[] of(FrameKind kind, byte[] json, long position);
    }

    /** The stream's frames in their form; demand goes to the cursor. */
    private static final class FrameFlux extends Flux<byte[]> {

        private final Hub.Prepared prepared;
        private final Channel channel;
        private final Form form;

        FrameFlux(Hub.Prepared prepared, Channel channel, Form form) {
            this.prepared = prepared;
            this.channel = channel;
            this.form = form;
        }

        @Override
        public void subscribe(CoreSubscriber<? super byte[]> reader) {
            channel.eventLoop().execute(() -> begin(reader));
        }

        private void begin(CoreSubscriber<? super byte[]> reader) {
            var link = new Link(reader, channel, form);
            reader.onSubscribe(link);
            try {
                link.cursor = prepared.start(link);
            } catch (Problem refused) {
                reader.onError(refused);
                return;
            }
            link.handOver();
        }
    }

    private static final class Link implements Subscription, Outlet {

        private final CoreSubscriber<? super byte[]> reader;
        private final Channel channel;
        private final Form form;
        private @Nullable Cursor cursor;
        private long early;
        private boolean gone;

        Link(CoreSubscriber<? super byte[]> reader, Channel channel, Form form) {
            this.reader = reader;
            this.channel = channel;
            this.form = form;
        }

        void handOver() {
            if (cursor != null && gone) {
                cursor.cancel();
            } else if (cursor != null && early > 0) {
                cursor.request(early);
            }
        }

        @Override
        public void request(long n) {
            if (cursor != null) {
                cursor.request(n);
            } else {
                early += n;
            }
        }

        @Override
        public void cancel() {
            gone = true;
            if (cursor != null) {
                cursor.cancel();
            }
        }

        @Override
        public EventExecutor executor() {
            return channel.eventLoop();
        }

        @Override
        public boolean isWritable() {
            return channel.isWritable();
        }

        @Override
        public void frame(FrameKind kind, long position, byte[] json) {
            reader.onNext(form.of(kind, json, position));
        }

        @Override
        public void complete() {
            reader.onComplete();
        }

        @Override
        public boolean endsWhenStalled() {
            return true;
        }

        @Override
        public void abort() {
            channel.close();
        }
    }
}
