package io.sluice.log.rsocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.rsocket.Payload;
import io.rsocket.RSocket;
import io.rsocket.core.RSocketConnector;
import io.rsocket.metadata.AuthMetadataCodec;
import io.rsocket.metadata.CompositeMetadataCodec;
import io.rsocket.metadata.TaggingMetadataCodec;
import io.rsocket.metadata.WellKnownMimeType;
import io.rsocket.transport.netty.client.WebsocketClientTransport;
import io.rsocket.util.DefaultPayload;
import io.sluice.load.Site;
import io.sluice.testing.Server;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client's connection by the published RSocket library. */
final class Link implements AutoCloseable {

    static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final RSocket socket;

    private Link(RSocket socket) {
        this.socket = socket;
    }

    static Link to(int port, String token) {
        return new Link(Objects.requireNonNull(connecting(port, token).block(PATIENCE)));
    }

    static Link to(Server server, String token) {
        return to(server.port(), token);
    }

    static Mono<RSocket> connecting(int port, String token) {
        ByteBuf bearer = AuthMetadataCodec.encodeBearerMetadata(ByteBufAllocator.DEFAULT, token.toCharArray());
        var metadata = ByteBufAllocator.DEFAULT.compositeBuffer();
        CompositeMetadataCodec.encodeAndAddMetadata(
                metadata, ByteBufAllocator.DEFAULT, WellKnownMimeType.MESSAGE_RSOCKET_AUTHENTICATION, bearer);
        return RSocketConnector.create()
                .metadataMimeType(WellKnownMimeType.MESSAGE_RSOCKET_COMPOSITE_METADATA.getString())
                .dataMimeType("application/json")
                .keepAlive(Duration.ofSeconds(20), Duration.ofSeconds(60))
                .setupPayload(DefaultPayload.create(Unpooled.EMPTY_BUFFER, metadata))
                .connect(WebsocketClientTransport.create(URI.create("ws://127.0.0.1:" + port + "/rsocket")));
    }

    RSocket socket() {
        return socket;
    }

    static Payload payload(String route, String json) {
        return payload(route, json, null);
    }

    static Payload payload(String route, String json, @Nullable String headers) {
        var metadata = ByteBufAllocator.DEFAULT.compositeBuffer();
        ByteBuf tags = TaggingMetadataCodec.createTaggingContent(ByteBufAllocator.DEFAULT, List.of(route));
        CompositeMetadataCodec.encodeAndAddMetadata(
                metadata, ByteBufAllocator.DEFAULT, WellKnownMimeType.MESSAGE_RSOCKET_ROUTING, tags);
        if (headers != null) {
            CompositeMetadataCodec.encodeAndAddMetadata(
                    metadata,
                    ByteBufAllocator.DEFAULT,
                    Metadata.HEADERS,
                    Unpooled.copiedBuffer(headers, StandardCharsets.UTF_8));
        }
        return DefaultPayload.create(Unpooled.copiedBuffer(json, StandardCharsets.UTF_8), metadata);
    }

    Mono<Payload> calling(String route, String json) {
        return Mono.defer(() -> socket.requestResponse(payload(route, json)));
    }

    JsonNode call(String route, String json) {
        return JSON.readTree(
                Objects.requireNonNull(calling(route, json).block(PATIENCE)).getDataUtf8());
    }

    /** The problem that the call ends in. */
    JsonNode refused(String route, String json) {
        return JSON.readTree(Objects.requireNonNull(calling(route, json)
                .map(it -> "{\"answered\":true}")
                .onErrorResume(error -> Mono.justOrEmpty(error.getMessage()))
                .block(PATIENCE)));
    }

    Stream stream(String wish, long n) {
        return new Stream(n).reading(socket.requestStream(payload("streams", wish)));
    }

    Stream live(String wish) {
        Sinks.Many<Payload> said = Sinks.many().unicast().onBackpressureBuffer();
        said.tryEmitNext(payload("streams.live", wish));
        return new Stream(Long.MAX_VALUE, said).reading(socket.requestChannel(said.asFlux()));
    }

    @Override
    public void close() {
        socket.dispose();
    }

    /** Waits for what must come. */
    static void await(String what, BooleanSupplier condition) {
        await(what, PATIENCE, condition);
    }

    static void await(String what, Duration patience, BooleanSupplier condition) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not in time: " + what);
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    /** Frames as they come; demand in the test's hands. */
    static final class Stream extends BaseSubscriber<Payload> {

        private final long first;
        private final Sinks.@Nullable Many<Payload> said;
        final List<String> frames = new CopyOnWriteArrayList<>();
        private final ArrayList<Long> positions = new ArrayList<>();
        private volatile int events;
        private volatile @Nullable Throwable error;
        private volatile boolean over;
        volatile long last;

        Stream(long first) {
            this(first, null);
        }

        Stream(long first, Sinks.@Nullable Many<Payload> said) {
            this.first = first;
            this.said = said;
        }

        Stream reading(Flux<Payload> source) {
            source.subscribe(this);
            return this;
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            if (first > 0) {
                subscription.request(first);
            }
        }

        @Override
        protected void hookOnNext(Payload payload) {
            take(payload.getDataUtf8());
            payload.release();
        }

        void take(String frame) {
            JsonNode json = JSON.readTree(frame);
            last = json.path("position").asLong();
            if (!"event".equals(json.path("frame").asString())) {
                frames.add(frame);
                return;
            }
            synchronized (positions) {
                if (json.has("events")) {
                    json.path("events")
                            .forEach(event ->
                                    positions.add(event.path("position").asLong()));
                } else {
                    positions.add(json.path("position").asLong());
                }
                events = positions.size();
            }
            if (events <= 100) {
                frames.add(frame);
            }
        }

        @Override
        protected void hookOnError(Throwable thrown) {
            error = thrown;
            over = true;
        }

        @Override
        protected void hookOnComplete() {
            over = true;
        }

        void say(String message) {
            Objects.requireNonNull(said).tryEmitNext(DefaultPayload.create(message));
        }

        List<Long> positions() {
            synchronized (positions) {
                return List.copyOf(positions);
            }
        }

        int count() {
            return events;
        }

        /** Keeps none of what came. */
        void forget() {
            frames.clear();
            synchronized (positions) {
                positions.clear();
                positions.trimToSize();
            }
        }

        boolean isOver() {
            return over;
        }

        JsonNode problem() {
            Link.await("an error", () -> error != null);
            return JSON.readTree(String.valueOf(Objects.requireNonNull(error).getMessage()));
        }

        List<JsonNode> of(String kind) {
            return frames.stream()
                    .map(JSON::readTree)
                    .filter(it -> kind.equals(it.path("frame").asString()))
                    .toList();
        }

        JsonNode next(String kind, int index) {
            Link.await("frame " + kind + " " + index + " of " + frames, () -> of(kind).size() > index);
            return of(kind).get(index);
        }

        Stream ready() {
            next("ready", 0);
            return this;
        }

        JsonNode answerTo(String ref) {
            Link.await("an answer to " + ref + " in " + frames, () -> find(ref) != null);
            return Objects.requireNonNull(find(ref));
        }

        private @Nullable JsonNode find(String ref) {
            return frames.stream()
                    .map(JSON::readTree)
                    .filter(it -> ref.equals(it.path("ref").asString("")))
                    .findFirst()
                    .orElse(null);
        }
    }

    static List<Site.Row> rows(Server server, String token, int count) {
        return new Site(URI.create("http://127.0.0.1:" + server.port())).rows(token, count);
    }

    static String issue(Site.Row row) {
        return "{\"locationId\":\"" + row.locationId() + "\",\"partId\":\"" + row.partId()
                + "\",\"type\":\"ISSUE\",\"quantity\":1}";
    }

    /** Posts that many movements, line by line, over the rows in turn. */
    static List<String> post(int port, String token, List<Site.Row> rows, int count) {
        String body = IntStream.range(0, count)
                .mapToObj(i -> issue(rows.get(i % rows.size())))
                .collect(Collectors.joining("\n"));
        try {
            HttpResponse<String> answer = HTTP.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/movements"))
                            .header("Authorization", "Bearer " + token)
                            .header("Content-Type", "application/x-ndjson")
                            .header("Accept", "application/x-ndjson")
                            .timeout(Duration.ofSeconds(60))
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return answer.body().lines().toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static List<String> post(Server server, String token, List<Site.Row> rows, int count) {
        return post(server.port(), token, rows, count);
    }
}
