package io.sluice.log.rsocket;

import io.netty.util.concurrent.EventExecutor;
import io.rsocket.Payload;
import io.rsocket.RSocket;
import io.rsocket.exceptions.ApplicationErrorException;
import io.rsocket.util.DefaultPayload;
import io.sluice.log.hub.Cursor;
import io.sluice.log.hub.Hub;
import io.sluice.log.hub.StreamConnection;
import io.sluice.log.hub.StreamWish;
import io.sluice.web.Binder;
import io.sluice.web.Incidents;
import io.sluice.web.Json;
import io.sluice.web.RequestIdentity;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The server's side of one client's connection: routes each request. */
final class ClientSocket implements RSocket {

    private final Hub hub;
    private final Rpc rpc;
    private final WebSocketConnection wire;
    private final EventExecutor executor;
    private final StreamConnection connection;
    private final MessageLimit limit;
    private final Incidents incidents;

    ClientSocket(
            Hub hub,
            Rpc rpc,
            WebSocketConnection wire,
            EventExecutor executor,
            StreamConnection connection,
            MessageLimit limit,
            Incidents incidents) {
        this.hub = hub;
        this.rpc = rpc;
        this.wire = wire;
        this.executor = executor;
        this.connection = connection;
        this.limit = limit;
        this.incidents = incidents;
    }

    @Override
    public Flux<Payload> requestStream(Payload payload) {
        int stream = wire.stream();
        return Flux.defer(() -> {
                    Metadata metadata = Metadata.of(payload);
                    byte[] data = bytesOf(payload);
                    return Flux.defer(() -> "streams".equals(metadata.route())
                                    ? open(stream, data, _ -> {})
                                    : paced(rpc.stream(connection, metadata, data)))
                            .onErrorMap(error -> toError(error, metadata));
                })
                .onErrorMap(this::toError)
                .doFinally(_ -> payload.release());
    }

    /** As fast as the client reads, whatever it asked for. */
    private Flux<Payload> paced(Flux<Payload> answers) {
        return answers.concatMap(answer -> wire.awaitWritable(answer).thenReturn(answer), 1);
    }

    private Flux<Payload> open(int stream, byte[] data, java.util.function.Consumer<Cursor> started) {
        StreamWish wish = Binder.bind(data.length == 0 ? EMPTY : data, StreamWish.class);
        return hub.prepare(connection, wish)
                .flatMapMany(prepared -> new StreamFlux(prepared, wire, stream, executor, started));
    }

    private static final byte[] EMPTY = {'{', '}'};

    @Override
    public Mono<Payload> requestResponse(Payload payload) {
        return Mono.defer(() -> {
                    Metadata metadata = Metadata.of(payload);
                    byte[] data = bytesOf(payload);
                    return Mono.defer(() -> "auth.renew".equals(metadata.route())
                                    ? renewed(data)
                                    : rpc.call(connection, metadata, data).delayUntil(wire::awaitWritable))
                            .onErrorMap(error -> toError(error, metadata));
                })
                .onErrorMap(this::toError)
                .doFinally(_ -> payload.release());
    }

    /** {@code {"token": "..."}}. */
    record Renewal(String token) {}

    private Mono<Payload> renewed(byte[] data) {
        return hub.renew(connection, Binder.bind(data, Renewal.class).token())
                .then(Mono.fromSupplier(() -> DefaultPayload.create(Json.bytes(
                        Map.of("expiresAt", connection.principal().expiresAt().toString())))));
    }

    @Override
    public Flux<Payload> requestChannel(Publisher<Payload> payloads) {
        int stream = wire.stream();
        return Flux.from(payloads)
                .switchOnFirst((first, all) -> {
                    Payload opening = first.get();
                    if (opening == null) {
                        return all;
                    }
                    Metadata metadata = Metadata.of(opening);
                    return Flux.defer(() -> "streams.live".equals(metadata.route())
                                    ? live(stream, bytesOf(opening), all.skip(1))
                                    : paced(rpc.channel(connection, metadata, all.map(ClientSocket::released))))
                            .onErrorMap(error -> toError(error, metadata));
                })
                .onErrorMap(this::toError);
    }

    /** Messages are taken one after the other, while the stream runs. */
    private Flux<Payload> live(int stream, byte[] wish, Flux<Payload> messages) {
        var started = new CompletableFuture<Cursor>();
        Flux<Payload> spoken = messages.map(ClientSocket::released)
                .concatMap(message -> Mono.fromFuture(started, true).flatMap(cursor -> heard(cursor, message)), 1)
                .thenMany(Flux.never());
        // Not merged: a merge asks for frames ahead of the client and keeps them.
        return open(stream, wish, started::complete).takeUntilOther(spoken);
    }

    private Mono<Void> heard(Cursor cursor, byte[] message) {
        return hub.say(cursor, connection, message, () -> limit.check(connection.principal()));
    }

    private static byte[] released(Payload payload) {
        byte[] bytes = bytesOf(payload);
        payload.release();
        return bytes;
    }

    private static byte[] bytesOf(Payload payload) {
        var data = payload.sliceData();
        byte[] bytes = new byte[data.readableBytes()];
        data.readBytes(bytes);
        return bytes;
    }

    /** What has no readable metadata belongs to no route. */
    private Throwable toError(Throwable error) {
        return toError(error, UNREADABLE, RequestIdentity.of(null, null));
    }

    private Throwable toError(Throwable error, Metadata metadata) {
        return toError(error, nameOf(metadata.route()), metadata.identity());
    }

    /** The problem as JSON is the error's text; what was handled inside is one already. */
    private Throwable toError(Throwable error, String route, RequestIdentity identity) {
        return error instanceof ApplicationErrorException
                ? error
                : new ApplicationErrorException(Json.write(
                        incidents.report(error, new Incidents.Place(identity, route, connection.principal()))));
    }

    /** Names that clients make up are not logged. */
    private String nameOf(@Nullable String route) {
        return route != null
                        && (own().contains(route) || rpc.table().find(route).isPresent())
                ? route
                : UNREADABLE;
    }

    private static final String UNREADABLE = "unknown";

    static List<String> own() {
        return List.of("streams", "streams.live", "auth.renew");
    }
}
