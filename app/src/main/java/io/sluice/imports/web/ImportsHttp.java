package io.sluice.imports.web;

import static io.sluice.access.Permission.JOBS_MANAGE;
import static io.sluice.access.Permission.JOBS_READ;
import static io.sluice.access.Permission.LOCATIONS_MANAGE;
import static io.sluice.access.Permission.PARTS_WRITE;
import static io.sluice.access.Permission.STOCK_ADJUST;
import static io.sluice.access.Permission.STOCK_CONFIGURE;
import static io.sluice.access.Permission.STOCK_MOVE;

import io.sluice.access.Permission;
import io.sluice.imports.Import;
import io.sluice.imports.ImportDesk;
import io.sluice.imports.ImportLine;
import io.sluice.imports.ImportQueue;
import io.sluice.imports.ImportResource;
import io.sluice.imports.ImportRights;
import io.sluice.imports.Imports;
import io.sluice.imports.Mapped;
import io.sluice.inventory.Location;
import io.sluice.inventory.Locations;
import io.sluice.log.Ledger;
import io.sluice.log.OnceKey;
import io.sluice.log.StoredAnswer;
import io.sluice.shared.Ids;
import io.sluice.shared.Problem;
import io.sluice.web.Answers;
import io.sluice.web.Bodies;
import io.sluice.web.Call;
import io.sluice.web.Commands;
import io.sluice.web.Json;
import io.sluice.web.Lists;
import io.sluice.web.Paging;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Files of lines: sent, watched, stopped, mended. */
@RestController
@RequestMapping("/api/imports")
final class ImportsHttp {

    private static final int LINES_A_FLUSH = 256;

    private final Imports imports;
    private final ImportDesk desk;
    private final ImportQueue queue;
    private final Upload uploads;
    private final Locations locations;
    private final Ledger ledger;
    private final Commands commands;
    private final Lists lists;
    private final Clock clock;

    ImportsHttp(
            Imports imports,
            ImportDesk desk,
            ImportQueue queue,
            Upload uploads,
            Locations locations,
            Ledger ledger,
            Commands commands,
            Lists lists,
            Clock clock) {
        this.imports = imports;
        this.desk = desk;
        this.queue = queue;
        this.uploads = uploads;
        this.locations = locations;
        this.ledger = ledger;
        this.commands = commands;
        this.lists = lists;
        this.clock = clock;
    }

    /** The body is the file: CSV or NDJSON, gzip or plain, at most 1 GiB, a line at most 64 KiB. */
    @PostMapping("/{resource}")
    @Operation(summary = "Send a file of parts, locations, categories, stock, movements, retail lines or usage")
    @Parameter(
            name = "Content-Encoding",
            in = ParameterIn.HEADER,
            description = "A packed file is known by its first bytes, with this header or without",
            schema = @Schema(allowableValues = "gzip"))
    @RequestBody(
            description = "The file, at most 1 GiB when unpacked, its lines at most 64 KiB",
            content = {
                @Content(
                        mediaType = "text/csv",
                        examples = @ExampleObject(name = "parts", value = "partNumber,description\nP-1,Bolt\n")),
                @Content(
                        mediaType = MediaType.APPLICATION_NDJSON_VALUE,
                        examples =
                                @ExampleObject(
                                        name = "parts",
                                        value = "{\"partNumber\":\"P-2\",\"description\":\"Nut\"}\n")),
                @Content(mediaType = "application/gzip"),
                @Content(mediaType = MediaType.APPLICATION_OCTET_STREAM_VALUE)
            })
    @Answers(
            value = ImportView.class,
            status = 202,
            problems = {"400 malformed-gzip", "413 file-too-large", "422 unknown-location", "422 contradiction"})
    Mono<ResponseEntity<String>> send(
            @Parameter(
                            schema =
                                    @Schema(
                                            allowableValues = {
                                                "retail",
                                                "consumption",
                                                "movements",
                                                "parts",
                                                "locations",
                                                "categories",
                                                "stock"
                                            }))
                    @PathVariable
                    String resource,
            @ParameterObject ImportWish wish,
            Call call) {
        ImportResource wanted =
                ImportResource.of(resource).orElseThrow(() -> new Problem.NotFound("import resource", resource));
        Permission permission = permissionFor(wanted);
        call.require(permission);
        wish.check(wanted);
        if (wish.byCountry() && !call.principal().locationsFor(permission).isAll()) {
            throw Problem.Forbidden.permission(permission.word());
        }
        return place(wish, permission, call)
                .map(place -> toImport(wanted, wish, place.orElse(null), call))
                .flatMap(upload -> uploads.receive(upload, Bodies.whole(call.exchange()))
                        .flatMap(received -> queued(upload, received, call)))
                .map(answer -> Commands.toResponse(answer, call));
    }

    private static Permission permissionFor(ImportResource resource) {
        return switch (resource) {
            case RETAIL, STOCK -> STOCK_ADJUST;
            case MOVEMENTS -> STOCK_MOVE;
            case CONSUMPTION -> STOCK_CONFIGURE;
            case PARTS, CATEGORIES -> PARTS_WRITE;
            case LOCATIONS -> LOCATIONS_MANAGE;
        };
    }

    /** The location as it is named, by id or code, where the caller may write; else {@code unknown-location}. */
    private Mono<Optional<UUID>> place(ImportWish wish, Permission permission, Call call) {
        String name = wish.location();
        if (name == null) {
            return Mono.just(Optional.empty());
        }
        Flux<Location> byId = Mapped.idOf(name) == null
                ? Flux.empty()
                : locations.find(Ids.of(name)).flux();
        return byId.switchIfEmpty(locations.findByCodes(List.of(name)))
                .next()
                .filter(found -> call.principal().may(permission, found.id()))
                .map(found -> Optional.of(found.id()))
                .switchIfEmpty(Mono.error(() -> new Problem.Contradiction(
                        "unknown-location", "location", "location " + name + " does not exist")));
    }

    private Import toImport(ImportResource resource, ImportWish wish, @Nullable UUID place, Call call) {
        MediaType declared = call.exchange().getRequest().getHeaders().getContentType();
        return Import.uploading(
                Ids.next(),
                resource,
                wish.formatOr(declared),
                wish.toOptions(resource, place),
                ImportRights.of(call.principal()),
                call.principal().account().toString(),
                clock.instant());
    }

    private Mono<StoredAnswer> queued(Import upload, Upload.Received received, Call call) {
        Mono<StoredAnswer> work =
                desk.queue(upload.id(), received.sha256(), received.bytes()).map(ImportsHttp::accepted);
        String key = call.idempotencyKey();
        Mono<StoredAnswer> answer = key == null
                ? ledger.commit(work).map(done -> done.answer().at(done.position()))
                : ledger.commitOnce(onceKey(call, key, received), work);
        return answer.delayUntil(it -> it.replayed() ? imports.discard(upload.id()) : Mono.empty())
                .doOnNext(_ -> queue.wake(call.principal().tenant()));
    }

    private static StoredAnswer accepted(Import it) {
        return new StoredAnswer(
                202, Json.write(ImportView.of(it)), Commands.etag(it.version()), "/api/imports/" + it.id(), 0, false);
    }

    /** The same key means the same file with the same options. */
    private static OnceKey onceKey(Call call, String key, Upload.Received received) {
        URI uri = call.exchange().getRequest().getURI();
        String options = " " + uri.getRawPath() + "?" + uri.getRawQuery();
        String scope = call.principal().account() + " " + call.route();
        return new OnceKey(scope, key, received.sha256() + options, Commands.KEY_LIFE);
    }

    /** Who sent it, and who may see jobs; to anybody else it does not exist. */
    private Mono<Import> visible(UUID id, Call call) {
        return imports.require(id)
                .filter(it -> isOwn(it, call) || call.principal().may(JOBS_READ))
                .switchIfEmpty(Mono.error(() -> new Problem.NotFound("import", id)));
    }

    private static boolean isOwn(Import it, Call call) {
        return it.requestedBy().equals(call.principal().account().toString());
    }

    @GetMapping("/{id}")
    @Operation(summary = "An import with its counters and result")
    @Answers(value = ImportView.class, etag = true)
    Mono<ResponseEntity<ImportView>> get(@PathVariable UUID id, Call call) {
        return visible(id, call)
                .map(it -> ResponseEntity.ok().eTag(Commands.etag(it.version())).body(ImportView.of(it)));
    }

    record LineFilter(
            ImportLine.@Nullable Outcome outcome,
            @Nullable @Min(1) @Max(200) Integer limit,
            @Nullable @Size(max = 1000) String cursor) {}

    @GetMapping("/{id}/lines")
    @Operation(summary = "The lines of an import that were not applied")
    @Answers(value = ImportView.Line.class, list = true)
    Mono<Void> lines(@PathVariable UUID id, @ParameterObject LineFilter filter, Call call) {
        return visible(id, call)
                .flatMap(it -> lists.answer(
                        call,
                        new Paging(filter.limit(), filter.cursor(), null),
                        "lines of " + id + " " + filter.outcome(),
                        (after, limit) ->
                                imports.lines(id, filter.outcome(), after == null ? 0 : Long.parseLong(after), limit),
                        line -> Long.toString(line.number()),
                        ImportView.Line::of,
                        null));
    }

    /** Failed lines with what is wrong with each, in a file that can be mended and sent again. */
    @GetMapping(path = "/{id}/rejects", produces = "text/csv")
    @Operation(summary = "The failed lines as CSV, to be mended and sent again")
    @Answers(type = "text/csv")
    Mono<Void> rejects(@PathVariable UUID id, Call call) {
        ServerHttpResponse response = call.exchange().getResponse();
        return visible(id, call).flatMap(it -> {
            response.getHeaders().setContentType(new MediaType("text", "csv", StandardCharsets.UTF_8));
            response.getHeaders()
                    .set(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"rejects-" + id + ".csv\"");
            return response.writeAndFlushWith(rejects(it, response).window(LINES_A_FLUSH));
        });
    }

    private Flux<DataBuffer> rejects(Import it, ServerHttpResponse response) {
        Rejects rejects = new Rejects(it);
        return Flux.concat(
                        Mono.fromSupplier(rejects::header),
                        imports.lines(it.id(), ImportLine.Outcome.FAILED, 0, Integer.MAX_VALUE)
                                .map(rejects::line))
                .map(line -> response.bufferFactory().wrap(line.getBytes(StandardCharsets.UTF_8)));
    }

    /** Stops between two transactions: what is applied stays. */
    @PostMapping("/{id}/cancel")
    @Operation(summary = "Stop an import between two transactions")
    @Answers(
            value = ImportView.class,
            problems = {"409 illegal-transition"})
    Mono<ResponseEntity<String>> cancel(@PathVariable UUID id, Call call) {
        return changed(id, call, desk.cancel(id));
    }

    /** Goes on behind the last line that was done. */
    @PostMapping("/{id}/resume")
    @Operation(summary = "Go on with an import behind the last line that was done")
    @Answers(
            value = ImportView.class,
            problems = {"409 illegal-transition"})
    Mono<ResponseEntity<String>> resume(@PathVariable UUID id, Call call) {
        return changed(id, call, desk.resume(id))
                .doOnNext(_ -> queue.wake(call.principal().tenant()));
    }

    private Mono<ResponseEntity<String>> changed(UUID id, Call call, Mono<Import> change) {
        return Bodies.read(call.exchange())
                .then(visible(id, call))
                .doOnNext(it -> requireOwn(it, call))
                .flatMap(_ -> commands.run(call, change, after -> Commands.ok(ImportView.of(after), after.version())));
    }

    private static void requireOwn(Import it, Call call) {
        if (!isOwn(it, call)) {
            call.require(JOBS_MANAGE);
        }
    }
}
