package io.sluice.inventory.web;

import static io.sluice.access.Permission.STOCK_READ;

import io.sluice.inventory.Locations;
import io.sluice.inventory.Move;
import io.sluice.inventory.MoveAnswer;
import io.sluice.inventory.MoveCommand;
import io.sluice.inventory.MovePolicy;
import io.sluice.inventory.MovementType;
import io.sluice.inventory.StockLedger;
import io.sluice.inventory.StockReads;
import io.sluice.log.Caller;
import io.sluice.log.OnceKey;
import io.sluice.shared.Problem;
import io.sluice.shared.Quantity;
import io.sluice.web.Answers;
import io.sluice.web.Binder;
import io.sluice.web.Bodies;
import io.sluice.web.Call;
import io.sluice.web.Commands;
import io.sluice.web.Incidents;
import io.sluice.web.Lists;
import io.sluice.web.NdJson;
import io.sluice.web.Paging;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.core.io.buffer.DataBuffer;
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

/** The ledger of movements: one, a batch, or a stream of lines; and its entries. */
@RestController
@Tag(name = "movements")
@RequestMapping("/api/movements")
final class MovementsHttp {

    private static final Duration LINE_KEY_LIFE = Duration.ofDays(30);
    private static final int LINES_IN_FLIGHT = 512;

    private final StockLedger ledger;
    private final StockReads reads;
    private final Locations locations;
    private final Lists lists;
    private final Incidents incidents;
    private final Clock clock;

    MovementsHttp(
            StockLedger ledger, StockReads reads, Locations locations, Lists lists, Incidents incidents, Clock clock) {
        this.ledger = ledger;
        this.reads = reads;
        this.locations = locations;
        this.lists = lists;
        this.incidents = incidents;
        this.clock = clock;
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Post a movement")
    @Answers(
            value = MoveWriter.Movement.class,
            status = 201,
            problems = {
                "403 approval-limit",
                "409 insufficient-stock",
                "409 insufficient-available",
                "409 duplicate",
                "422 unknown-part",
                "422 unknown-location",
                "422 not-stocked",
                "422 unit-not-convertible",
                "422 quantity-precision",
                "422 quantity-range",
                "422 reason-required"
            })
    Mono<ResponseEntity<String>> post(@RequestBody MoveWish wish, Call call) {
        return command(
                        call,
                        List.of(toMove(wish, call)),
                        false,
                        new MoveWriter.Single(call.principal().seesCosts()))
                .flatMap(ledger::post)
                .map(answer -> single(answer, call));
    }

    /** Bound by hand: a key of the request as a whole is taken in the transaction of its lines. */
    private static Mono<MoveCommand> command(Call call, List<Move> moves, boolean atomic, MoveCommand.Writer writer) {
        String key = call.idempotencyKey();
        OnceKey once = key == null ? null : Commands.onceKey(call, key);
        return Mono.deferContextual(
                context -> Mono.just(new MoveCommand(context.get(Caller.class), moves, atomic, once, writer)));
    }

    private static ResponseEntity<String> single(MoveAnswer answer, Call call) {
        MoveWriter.rethrow(answer);
        return Commands.toResponse(answer.answer(), call);
    }

    /** {@code atomic}: all lines or none. */
    record Batch(
            @Size(min = 1, max = 1000) List<MoveWish> lines,
            @Nullable Boolean atomic) {}

    @PostMapping("/batch")
    @Operation(summary = "Post up to 1,000 movements, each for itself or all or none")
    @Answers(
            value = MoveWriter.Outcomes.class,
            problems = {"409 batch-refused", "409 not-applied"})
    Mono<ResponseEntity<String>> batch(@RequestBody Batch batch, Call call) {
        List<Move> moves =
                batch.lines().stream().map(wish -> toMove(wish, call)).toList();
        boolean atomic = Boolean.TRUE.equals(batch.atomic());
        return command(
                        call,
                        moves,
                        atomic,
                        new MoveWriter.Many(atomic, call.principal().seesCosts()))
                .flatMap(ledger::post)
                .map(answer -> many(answer, call));
    }

    private static ResponseEntity<String> many(MoveAnswer answer, Call call) {
        MoveWriter.rethrowMismatch(answer);
        return Commands.toResponse(answer.answer(), call);
    }

    /** A line of the body, a line of the answer, in order, at the pace at which the server commits. */
    @PostMapping(consumes = MediaType.APPLICATION_NDJSON_VALUE, produces = MediaType.APPLICATION_NDJSON_VALUE)
    @Operation(summary = "Post movements line by line at the pace of the commits")
    @RequestBody(
            description = "Lines of JSON of at most 64 KiB, each as the JSON body",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_NDJSON_VALUE,
                            examples =
                                    @ExampleObject(
                                            name = "receipt",
                                            value =
                                                    "{\"locationId\":\"01a218e3-648a-7000-9f23-1a974efd45f5\",\"partId\":"
                                                            + "\"01a218e3-648a-7000-9f23-1a974efd45f6\",\"type\":\"RECEIPT\","
                                                            + "\"quantity\":10}\n")))
    @Answers(
            value = MoveWriter.LineOutcome.class,
            lines = true,
            problems = {"413 line-too-large"})
    Mono<Void> stream(Call call) {
        ServerHttpResponse response = call.exchange().getResponse();
        response.getHeaders().setContentType(MediaType.APPLICATION_NDJSON);
        Flux<byte[]> answers = NdJson.lines(Bodies.whole(call.exchange()), Bodies.LINE_LIMIT)
                .concatMap(line -> admitted(line, call))
                .flatMapSequential(answer -> answer, LINES_IN_FLIGHT, LINES_IN_FLIGHT);
        Flux<DataBuffer> buffers = answers.map(response.bufferFactory()::wrap);
        return response.writeAndFlushWith(buffers.map(Mono::just));
    }

    /** The answer to come, once the line has its place behind the ones before it. */
    private Mono<Mono<byte[]>> admitted(byte[] line, Call call) {
        return Mono.fromCallable(() -> toMove(Binder.bind(line, MoveWish.class), call))
                .flatMap(move -> Mono.deferContextual(context -> ledger.admit(new MoveCommand(
                        context.get(Caller.class),
                        List.of(move),
                        false,
                        null,
                        new MoveWriter.Line(call.principal().seesCosts())))))
                .map(answer -> answer.map(it -> it.answer().body()))
                .onErrorResume(error -> Mono.just(Mono.error(error)))
                .map(answer -> toLine(answer, call));
    }

    private Mono<byte[]> toLine(Mono<String> answer, Call call) {
        return answer.onErrorResume(error -> Mono.just(toLine(error, call))).map(NdJson::line);
    }

    /** The status of the stream is out already, so that a line's failure is the line's, too. */
    private String toLine(Throwable error, Call call) {
        return MoveWriter.rejected(incidents.report(error, Incidents.Place.of(call)));
    }

    private Move toMove(MoveWish wish, Call call) {
        MovePolicy.check(call.principal(), wish.type(), wish.locationId());
        return wish.toMove(
                clock.instant(),
                lineKey(wish, call),
                MovePolicy.valueLimit(call.principal(), wish.type(), wish.locationId()));
    }

    private static @Nullable OnceKey lineKey(MoveWish wish, Call call) {
        return wish.key() == null
                ? null
                : new OnceKey("line " + call.principal().account(), wish.key(), wish.digest(), LINE_KEY_LIFE);
    }

    record Filter(
            @Nullable UUID locationId,
            @Nullable UUID partId,
            @Nullable MovementType type,
            @Nullable @Size(max = 64) String user,
            @Nullable @Size(max = 128) String reference,
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable @Min(1) @Max(200) Integer limit,
            @Nullable @Size(max = 1000) String cursor) {}

    @GetMapping
    @Operation(summary = "The ledger, newest first")
    @Answers(value = EntryView.class, list = true)
    Mono<Void> list(@ParameterObject Filter filter, Call call) {
        call.require(STOCK_READ);
        var wanted = new StockReads.EntryFilter(
                call.principal().locationsFor(STOCK_READ),
                filter.locationId(),
                filter.partId(),
                filter.type(),
                filter.user(),
                filter.reference(),
                filter.from(),
                filter.to());
        boolean costs = call.principal().seesCosts();
        return known(filter.locationId(), call)
                .then(lists.answer(
                        call,
                        new Paging(filter.limit(), filter.cursor(), null),
                        "movements " + wanted,
                        (after, limit) -> reads.entries(wanted, after == null ? null : UUID.fromString(after), limit),
                        entry -> entry.id().toString(),
                        entry -> EntryView.of(entry, costs),
                        null));
    }

    /** Passes when no location is named, or one that exists in the caller's scope. */
    private Mono<Void> known(@Nullable UUID location, Call call) {
        if (location == null) {
            return Mono.empty();
        }
        call.require(STOCK_READ, location);
        return locations.require(location).then();
    }

    /** Posts the exact opposite, once. */
    @PostMapping("/{id}/reverse")
    @Operation(summary = "Post the exact opposite of a movement, once")
    @Answers(
            value = MoveWriter.Movement.class,
            status = 201,
            problems = {"403 approval-limit", "409 already-reversed", "409 insufficient-stock"})
    Mono<ResponseEntity<String>> reverse(@PathVariable UUID id, Call call) {
        return Bodies.read(call.exchange())
                .then(reads.entry(id))
                .filter(entry -> call.principal().may(STOCK_READ, entry.locationId()))
                .switchIfEmpty(Mono.error(() -> new Problem.NotFound("movement", id)))
                .flatMap(entry -> command(
                        call,
                        List.of(opposite(entry, call)),
                        false,
                        new MoveWriter.Single(call.principal().seesCosts())))
                .flatMap(ledger::post)
                .map(answer -> single(answer, call));
    }

    private static Move opposite(StockReads.Entry entry, Call call) {
        MovementType type = MovementType.valueOf(entry.type());
        MovePolicy.check(call.principal(), MovementType.ADJUSTMENT, entry.locationId());
        if (entry.reversesId() != null) {
            throw new Problem.Conflict("already-reversed", "a reversal is not reversed");
        }
        Quantity undone = type.isDecrease() ? entry.change() : entry.change().negated();
        return new Move(
                entry.locationId(),
                entry.partId(),
                type,
                undone,
                null,
                entry.unitCost(),
                entry.unitPrice(),
                entry.currency(),
                entry.reason(),
                "reverses " + entry.id(),
                entry.reference(),
                entry.customerId(),
                entry.occurredAt(),
                null,
                new OnceKey("reversal", entry.id().toString(), "reversal", null),
                MovePolicy.valueLimit(call.principal(), MovementType.ADJUSTMENT, entry.locationId()),
                entry.id());
    }
}
