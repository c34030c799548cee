package io.sluice.web;

import io.sluice.log.EventLog;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Answers lists: a keyset page {@code {items, next, total?, asOf}}, or row by row as NDJSON when the client accepts
 * that: at most 100,000 rows, ended by a line with the next cursor, or with the problem if it fails midway.
 */
@Component
public final class Lists {

    public static final int DEFAULT_LIMIT = 20;
    private static final int STREAM_LIMIT = 100_000;
    private static final int ROWS_A_READ = 1_000;

    private final EventLog log;
    private final Cursors cursors;
    private final Incidents incidents;

    Lists(EventLog log, Cursors cursors, Incidents incidents) {
        this.log = log;
        this.cursors = cursors;
        this.incidents = incidents;
    }

    /** Reads rows after a key, in the list's order. */
    @FunctionalInterface
    public interface Source<T> {
        Flux<T> after(@Nullable String key, int limit);
    }

    /**
     * @param query what the cursor is bound to besides its tenant: filter and sort
     * @param keyOf the sort key of a row, as {@link Source} takes it
     * @param total the number of all rows, asked for only with {@code count=true}; null: not counted
     */
    public <T> Mono<Void> answer(
            Call call,
            Paging paging,
            String query,
            Source<T> source,
            Function<T, String> keyOf,
            Function<T, Object> toItem,
            @Nullable Mono<Long> total) {
        String bound = call.principal().tenant() + " " + query;
        String after = cursors.open(paging.cursor(), bound);
        ServerHttpResponse response = call.exchange().getResponse();
        return Accepted.by(call.exchange().getRequest().getHeaders()).prefersLines()
                ? lines(call, paging, bound, source, after, keyOf, toItem)
                : page(response, paging, bound, source, after, keyOf, toItem, total);
    }

    /** The position is read first, so the rows are at least as new. */
    private <T> Mono<Void> page(
            ServerHttpResponse response,
            Paging paging,
            String query,
            Source<T> source,
            @Nullable String after,
            Function<T, String> keyOf,
            Function<T, Object> toItem,
            @Nullable Mono<Long> total) {
        int limit = paging.limitOr(DEFAULT_LIMIT);
        Mono<Long> counted = total != null && paging.counts() ? total : Mono.just(-1L);
        return log.head()
                .flatMap(head -> Mono.zip(source.after(after, limit + 1).collectList(), counted)
                        .map(both -> body(both.getT1(), limit, both.getT2(), head.position(), query, keyOf, toItem)))
                .flatMap(body -> write(response, body));
    }

    private <T> Map<String, Object> body(
            List<T> rows,
            int limit,
            long total,
            long position,
            String query,
            Function<T, String> keyOf,
            Function<T, Object> toItem) {
        boolean more = rows.size() > limit;
        List<T> shown = more ? rows.subList(0, limit) : rows;
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("items", shown.stream().map(toItem).toList());
        if (more) {
            body.put("next", cursors.seal(keyOf.apply(shown.getLast()), query));
        }
        if (total >= 0) {
            body.put("total", total);
        }
        body.put("asOf", position);
        return body;
    }

    private static Mono<Void> write(ServerHttpResponse response, Map<String, Object> body) {
        response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(Json.bytes(body))));
    }

    private <T> Mono<Void> lines(
            Call call,
            Paging paging,
            String query,
            Source<T> source,
            @Nullable String after,
            Function<T, String> keyOf,
            Function<T, Object> toItem) {
        ServerHttpResponse response = call.exchange().getResponse();
        int limit = paging.limitOr(STREAM_LIMIT);
        var last = new LastKey();
        DataBufferFactory buffers = response.bufferFactory();
        Flux<Object> rows = read(source, after, limit, keyOf)
                .doOnNext(row -> last.saw(keyOf.apply(row)))
                .map(toItem);
        Flux<Object> ending = Flux.defer(
                () -> last.count < limit ? Flux.empty() : Flux.just(Map.of("next", cursors.seal(last.key, query))));
        Flux<DataBuffer> lines = rows.concatWith(ending)
                .onErrorResume(error -> Flux.just(incidents.report(error, Incidents.Place.of(call))))
                .map(item -> buffers.wrap(line(item)));
        response.getHeaders().setContentType(MediaType.APPLICATION_NDJSON);
        return response.writeAndFlushWith(lines.window(64));
    }

    private record Portion<T>(List<T> rows, int left) {

        boolean isLast() {
            return left == 0 || rows.size() < ROWS_A_READ;
        }
    }

    /** In portions of a statement each: no transaction stays open, and none runs into its limit, at a reader's pace. */
    private static <T> Flux<T> read(Source<T> source, @Nullable String after, int limit, Function<T, String> keyOf) {
        return portion(source, after, limit)
                .expand(portion -> portion.isLast()
                        ? Mono.empty()
                        : portion(source, keyOf.apply(portion.rows().getLast()), portion.left()))
                .concatMapIterable(Portion::rows, 1);
    }

    private static <T> Mono<Portion<T>> portion(Source<T> source, @Nullable String after, int left) {
        return source.after(after, Math.min(left, ROWS_A_READ))
                .collectList()
                .map(rows -> new Portion<>(rows, left - rows.size()));
    }

    public static byte[] line(Object item) {
        byte[] json = Json.bytes(item);
        byte[] line = java.util.Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        return line;
    }

    private static final class LastKey {
        private String key = "";
        private int count;

        void saw(String next) {
            key = next;
            count++;
        }
    }
}
