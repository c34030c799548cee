package io.sluice.log.rsocket;

import io.rsocket.Payload;
import io.rsocket.exceptions.ApplicationErrorException;
import io.rsocket.util.DefaultPayload;
import io.sluice.log.hub.StreamConnection;
import io.sluice.log.rsocket.RouteTable.Route;
import io.sluice.shared.Problem;
import io.sluice.web.Binder;
import io.sluice.web.Call;
import io.sluice.web.Identities;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every HTTP route under its RSocket name, through the very same handlers: rights, validation, idempotency, audit and
 * problem codes are one. The fields of the data fill the path, then the query of a read or the body of a command;
 * {@code version} stands for {@code If-Match}.
 */
@Component
final class Rpc {

    private static final Pattern VARIABLE = Pattern.compile("\\{(\\w+)}");
    private static final byte[] EMPTY = {'{', '}'};

    private final ObjectProvider<HttpHandler> handler;
    private final ObjectProvider<RequestMappingHandlerMapping> mappings;
    private final Identities identities;
    private volatile @Nullable RouteTable table;

    Rpc(
            ObjectProvider<HttpHandler> handler,
            ObjectProvider<RequestMappingHandlerMapping> mappings,
            Identities identities) {
        this.identities = identities;
        this.handler = handler;
        this.mappings = mappings;
    }

    RouteTable table() {
        RouteTable present = table;
        if (present == null) {
            present = new RouteTable(mappings.stream()
                    .flatMap(it -> it.getHandlerMethods().keySet().stream())
                    .toList());
            table = present;
        }
        return present;
    }

    /** The whole answer in one payload. */
    Mono<Payload> call(StreamConnection connection, Metadata metadata, byte[] data) {
        return Mono.defer(() -> {
            Route route = require(metadata);
            Plan plan = plan(route, metadata, data);
            var response = new InnerResponse();
            return DataBufferUtils.join(handled(plan, MediaType.APPLICATION_JSON, plan.body(), connection, response))
                    .map(Rpc::drained)
                    .defaultIfEmpty(new byte[0])
                    .map(body -> toPayload(response, body));
        });
    }

    /** A line of the answer, a payload. */
    Flux<Payload> stream(StreamConnection connection, Metadata metadata, byte[] data) {
        return Flux.defer(() -> {
            Plan plan = plan(require(metadata), metadata, data);
            var response = new InnerResponse();
            return handled(plan, MediaType.APPLICATION_NDJSON, plan.body(), connection, response)
                    .map(Rpc::drained)
                    .map(line -> toPayload(response, line));
        });
    }

    /** A payload, a line of the body; a line of the answer, a payload. */
    Flux<Payload> channel(StreamConnection connection, Metadata metadata, Flux<byte[]> lines) {
        return Flux.defer(() -> {
            Route route = require(metadata);
            Plan plan = plan(route, metadata, EMPTY);
            plan.headers().setContentType(MediaType.APPLICATION_NDJSON);
            Flux<DataBuffer> body = lines.map(line -> wrap(line, true));
            var response = new InnerResponse();
            return handled(plan, MediaType.APPLICATION_NDJSON, body, connection, response)
                    .map(Rpc::drained)
                    .map(line -> toPayload(response, line));
        });
    }

    private Route require(Metadata metadata) {
        return Optional.ofNullable(metadata.route())
                .flatMap(table()::find)
                .orElseThrow(() -> new Problem.NotFound("route", String.valueOf(metadata.route())));
    }

    /** A request ready to be sent inside. */
    private record Plan(HttpMethod method, URI uri, HttpHeaders headers, Flux<DataBuffer> body) {}

    private static Plan plan(Route route, Metadata metadata, byte[] data) {
        ObjectNode fields = ((ObjectNode) Binder.parse(data.length == 0 ? EMPTY : data));
        HttpHeaders headers = new HttpHeaders();
        metadata.headers().forEach(headers::set);
        String path = filled(route.pattern(), fields);
        checkWhole(route, metadata, fields);
        if (route.method() == HttpMethod.GET || route.method() == HttpMethod.DELETE) {
            takeVersion(route, fields, headers);
            return new Plan(route.method(), queried(path, fields), headers, Flux.empty());
        }
        takeVersion(route, fields, headers);
        byte[] body = fields.toString().getBytes(StandardCharsets.UTF_8);
        headers.setContentType(MediaType.APPLICATION_JSON);
        return new Plan(route.method(), URI.create(path), headers, Flux.just(wrap(body, false)));
    }

    /** The name {@code stock.query} promises a location. */
    private static void checkWhole(Route route, Metadata metadata, ObjectNode fields) {
        if ("stock.query".equals(metadata.route()) && fields.get("locationId") == null) {
            throw Problem.Invalid.field("locationId", "required", "is required");
        }
    }

    private static void takeVersion(Route route, ObjectNode fields, HttpHeaders headers) {
        boolean names = route.pattern().contains("{") && route.method() != HttpMethod.GET;
        JsonNode version = names ? fields.remove("version") : null;
        if (version != null && headers.getFirst(HttpHeaders.IF_MATCH) == null) {
            headers.set(HttpHeaders.IF_MATCH, "\"" + version.asString() + "\"");
        }
    }

    private static String filled(String pattern, ObjectNode fields) {
        return VARIABLE.matcher(pattern).replaceAll(match -> {
            JsonNode value = fields.remove(match.group(1));
            if (value == null || !value.isValueNode() || value.isNull()) {
                throw Problem.Invalid.field(match.group(1), "required", "is required");
            }
            return java.util.regex.Matcher.quoteReplacement(encoded(value));
        });
    }

    private static URI queried(String path, ObjectNode fields) {
        UriComponentsBuilder uri = UriComponentsBuilder.fromPath(path);
        fields.properties().forEach(field -> {
            if (field.getValue().isArray()) {
                field.getValue().forEach(item -> uri.queryParam(field.getKey(), encoded(item)));
            } else if (!field.getValue().isNull()) {
                uri.queryParam(field.getKey(), encoded(field.getValue()));
            }
        });
        return uri.build(true).toUri();
    }

    private static String encoded(JsonNode value) {
        String text = value.isValueNode() ? value.asString() : value.toString();
        return java.net.URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private Flux<DataBuffer> handled(
            Plan plan, MediaType accepted, Flux<DataBuffer> body, StreamConnection connection, InnerResponse response) {
        plan.headers().setAccept(List.of(accepted, MediaType.ALL));
        plan.headers().set("Sluice-Connection", connection.id());
        var request = new InnerRequest(plan.method(), plan.uri(), plan.headers(), body);
        request.getAttributes().put(Call.CONNECTION, connection.id());
        return identities
                .renew(connection.principal())
                .doOnNext(principal -> request.getAttributes().put(Call.PRINCIPAL, principal))
                .flatMapMany(_ -> response.body(handler.getObject().handle(request, response)));
    }

    private static Payload toPayload(InnerResponse response, byte[] body) {
        HttpStatusCode status = response.getStatusCode();
        if (status != null && status.isError()) {
            throw new ApplicationErrorException(new String(body, StandardCharsets.UTF_8));
        }
        return DefaultPayload.create(body, Answered.of(response));
    }

    private static byte[] drained(DataBuffer buffer) {
        int length = buffer.readableByteCount();
        byte[] bytes = new byte[length];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return length > 0 && bytes[length - 1] == '\n' ? java.util.Arrays.copyOf(bytes, length - 1) : bytes;
    }

    private static DataBuffer wrap(byte[] bytes, boolean line) {
        byte[] whole = line ? java.util.Arrays.copyOf(bytes, bytes.length + 1) : bytes;
        if (line) {
            whole[bytes.length] = '\n';
        }
        return DefaultDataBufferFactory.sharedInstance.wrap(whole);
    }
}
