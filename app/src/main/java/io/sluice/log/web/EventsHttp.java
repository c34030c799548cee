package io.sluice.log.web;

import static io.sluice.access.Permission.AUDIT_VERIFY;

import io.sluice.access.Principal;
import io.sluice.access.TopicPolicy;
import io.sluice.log.Audit;
import io.sluice.log.EventLog;
import io.sluice.log.EventQuery;
import io.sluice.log.Head;
import io.sluice.log.Recorded;
import io.sluice.log.Topic;
import io.sluice.log.Verification;
import io.sluice.log.hub.EventFrames;
import io.sluice.shared.Problem;
import io.sluice.web.Answers;
import io.sluice.web.Call;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The log by position, as far as the reader may see it. */
@RestController
@Tag(name = "log")
final class EventsHttp {

    private static final int DEFAULT_LIMIT = 20;
    private static final int SCANNED_AT_ONCE = 1_000;

    private final EventLog log;
    private final Audit audit;
    private final EventFrames frames;

    EventsHttp(EventLog log, Audit audit, EventFrames frames) {
        this.log = log;
        this.audit = audit;
        this.frames = frames;
    }

    /** As {@link EventFrames} writes it: a frame of a stream. */
    record EventView(
            String frame,
            long position,
            UUID id,
            String type,
            int version,
            Instant at,
            List<String> topics,
            String subject,
            Map<String, Object> actor,
            Map<String, Object> payload) {}

    record Query(
            @Nullable @Min(0) Long after,
            @Nullable @Min(1) Long before,
            @Nullable @Size(max = 100) String topic,
            @Nullable @Size(max = 100) String type,
            @Nullable @Size(max = 200) String subject,
            @Nullable @Pattern(regexp = "asc|desc") String order,
            @Nullable @Min(1) @Max(200) Integer limit) {

        boolean newestFirst() {
            return "desc".equals(order);
        }

        EventQuery toEvents(@Nullable Long from, @Nullable Long until) {
            return new EventQuery(from, until, topic, type, subject, newestFirst(), SCANNED_AT_ONCE);
        }
    }

    @GetMapping(
            path = "/api/events",
            produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.APPLICATION_NDJSON_VALUE})
    @Operation(summary = "Events that the reader may see, by position")
    @Answers(value = EventView.class, list = true)
    Mono<Void> events(@ParameterObject Query query, Call call) {
        checkTopic(query.topic(), call.principal());
        int limit = query.limit() == null ? DEFAULT_LIMIT : query.limit();
        Flux<Recorded> visible =
                scan(query, query.after(), query.before(), call.principal()).take(limit);
        return log.head().flatMap(head -> write(call, visible, head, limit));
    }

    private static void checkTopic(@Nullable String name, Principal reader) {
        boolean readable = name == null
                || Topic.parse(name)
                        .filter(topic -> !topic.isWildcard() && TopicPolicy.mayRead(reader, topic))
                        .isPresent();
        if (!readable) {
            throw new Problem.NotFound("topic", String.valueOf(name));
        }
    }

    /** Page by page, since what the reader may not see is left out after it was read. */
    private Flux<Recorded> scan(Query query, @Nullable Long after, @Nullable Long before, Principal reader) {
        return log.find(query.toEvents(after, before)).collectList().flatMapMany(page -> {
            Flux<Recorded> visible = Flux.fromIterable(page).filter(event -> frames.isVisible(event, reader));
            if (page.size() < SCANNED_AT_ONCE) {
                return visible;
            }
            long last = page.getLast().position();
            return visible.concatWith(Flux.defer(
                    () -> query.newestFirst() ? scan(query, after, last, reader) : scan(query, last, before, reader)));
        });
    }

    private Mono<Void> write(Call call, Flux<Recorded> events, Head head, int limit) {
        ServerHttpResponse response = call.exchange().getResponse();
        DataBufferFactory buffers = response.bufferFactory();
        boolean lines = call.exchange().getRequest().getHeaders().getAccept().stream()
                .anyMatch(MediaType.APPLICATION_NDJSON::equalsTypeAndSubtype);
        Principal reader = call.principal();
        if (lines) {
            response.getHeaders().setContentType(MediaType.APPLICATION_NDJSON);
            Flux<DataBuffer> out = events.map(
                    event -> buffers.wrap((frames.json(event, reader) + "\n").getBytes(StandardCharsets.UTF_8)));
            return response.writeAndFlushWith(out.window(64));
        }
        response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
        return events.collectList()
                .map(page -> body(page, head, limit, reader))
                .flatMap(body -> response.writeWith(Mono.just(buffers.wrap(body.getBytes(StandardCharsets.UTF_8)))));
    }

    private String body(List<Recorded> page, Head head, int limit, Principal reader) {
        StringBuilder out = new StringBuilder(512 * page.size() + 64).append("{\"items\":[");
        for (int i = 0; i < page.size(); i++) {
            out.append(i == 0 ? "" : ",").append(frames.json(page.get(i), reader));
        }
        out.append(']');
        if (page.size() == limit) {
            out.append(",\"next\":").append(page.getLast().position());
        }
        return out.append(",\"asOf\":").append(head.position()).append('}').toString();
    }

    @GetMapping("/api/events/{position}")
    @Operation(summary = "One event")
    @Answers(value = EventView.class)
    Mono<Void> event(@PathVariable long position, Call call) {
        return log.after(position - 1, 1)
                .filter(event -> frames.isVisible(event, call.principal()))
                .next()
                .switchIfEmpty(Mono.error(() -> new Problem.NotFound("event", position)))
                .flatMap(event -> {
                    ServerHttpResponse response = call.exchange().getResponse();
                    response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
                    return response.writeWith(Mono.just(response.bufferFactory()
                            .wrap(frames.json(event, call.principal()).getBytes(StandardCharsets.UTF_8))));
                });
    }

    @GetMapping("/api/log/head")
    @Operation(summary = "The end of the tenant's log")
    Mono<Head> head(Call call) {
        return log.head();
    }

    /** Checks the whole chain, and the ledger against it; names the first broken position. */
    @PostMapping("/api/audit/verify")
    @Operation(summary = "Check the whole chain of hashes, and the ledger of movements against it")
    Mono<Verification> verify(Call call) {
        call.require(AUDIT_VERIFY).withoutLimit();
        return audit.verify();
    }
}
