package io.sluice.inventory.web;

import static io.sluice.access.Permission.PARTS_READ;
import static io.sluice.access.Permission.PARTS_WRITE;
import static io.sluice.access.Permission.STOCK_READ;

import io.sluice.access.Scope;
import io.sluice.inventory.Locations;
import io.sluice.inventory.Part;
import io.sluice.inventory.PartCatalogue;
import io.sluice.inventory.Parts;
import io.sluice.inventory.StockReads;
import io.sluice.inventory.Thresholds;
import io.sluice.shared.Ids;
import io.sluice.shared.Problem;
import io.sluice.shared.Quantity;
import io.sluice.web.Answers;
import io.sluice.web.Call;
import io.sluice.web.Change;
import io.sluice.web.Commands;
import io.sluice.web.Lists;
import io.sluice.web.Paging;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** The catalogue of parts, and where a part lies. */
@RestController
@Tag(name = "parts")
@RequestMapping("/api/parts")
final class PartsHttp {

    private final Commands commands;
    private final PartCatalogue catalogue;
    private final Parts parts;
    private final StockReads reads;
    private final Lists lists;
    private final Locations locations;
    private final PartCards cards;
    private final Clock clock;

    PartsHttp(
            Commands commands,
            PartCatalogue catalogue,
            Parts parts,
            StockReads reads,
            Lists lists,
            Locations locations,
            PartCards cards,
            Clock clock) {
        this.commands = commands;
        this.catalogue = catalogue;
        this.parts = parts;
        this.reads = reads;
        this.lists = lists;
        this.locations = locations;
        this.cards = cards;
        this.clock = clock;
    }

    record Wish(
            @Size(min = 1, max = 64) @Pattern(regexp = "\\S(.*\\S)?")
            String partNumber,

            @Size(min = 1, max = 500) String description,
            @Nullable @Size(max = 4000) String notes,
            @Nullable UUID categoryId,
            Part.@Nullable Type type,
            Part.@Nullable Status status,
            @Nullable @Pattern(regexp = "[A-Z0-9]{1,12}") String baseUnit,
            @Nullable @Min(0) @Max(3) Integer decimals,
            @Nullable @DecimalMin("0") BigDecimal price,
            @Nullable @Pattern(regexp = "[A-Z]{3}") String currency,
            @Nullable @DecimalMin("0") BigDecimal standardCost,
            @Nullable @DecimalMin("0") Quantity reorderThreshold,
            @Nullable @DecimalMin("0") Quantity criticalThreshold,
            @Nullable @DecimalMin("0") Quantity maxQuantity,
            @Nullable @Size(max = 50) List<String> tags,
            @Nullable Map<String, Object> attributes) {}

    record Correction(
            @Size(min = 1, max = 500) Change<String> description,
            @Size(max = 4000) Change<String> notes,
            Change<UUID> categoryId,
            Change<Part.Type> type,
            Change<Part.Status> status,
            @DecimalMin("0") Change<BigDecimal> price,
            @Pattern(regexp = "[A-Z]{3}") Change<String> currency,
            @DecimalMin("0") Change<BigDecimal> standardCost,
            @DecimalMin("0") Change<Quantity> reorderThreshold,
            @DecimalMin("0") Change<Quantity> criticalThreshold,
            @DecimalMin("0") Change<Quantity> maxQuantity,
            @Size(max = 50) Change<List<String>> tags,
            Change<Map<String, Object>> attributes) {}

    record Filter(
            @Nullable UUID categoryId,
            Part.@Nullable Status status,
            Part.@Nullable Type type,
            @Nullable @Size(max = 64) String tag,
            @Nullable @Min(1) @Max(200) Integer limit,
            @Nullable @Size(max = 1000) String cursor,
            @Nullable Boolean count) {

        Parts.Query query() {
            return new Parts.Query(categoryId, status, type, tag);
        }

        Paging paging() {
            return new Paging(limit, cursor, count);
        }
    }

    @PostMapping
    @Operation(summary = "Make a part")
    @Answers(
            value = PartCards.Card.class,
            status = 201,
            etag = true,
            problems = {"409 part-number-taken", "422 unknown-category", "422 threshold-order"})
    Mono<ResponseEntity<String>> create(@RequestBody Wish wish, Call call) {
        String by = call.require(PARTS_WRITE).principal().account().toString();
        return commands.run(
                call,
                Mono.fromSupplier(() -> toPart(wish, by)).flatMap(catalogue::create),
                part -> Commands.created(
                        PartCards.toCard(part, call.principal().seesCosts()),
                        part.version(),
                        "/api/parts/" + part.id()));
    }

    private Part toPart(Wish wish, String by) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        return new Part(
                Ids.next(),
                wish.partNumber(),
                wish.description(),
                wish.notes(),
                wish.categoryId(),
                Objects.requireNonNullElse(wish.type(), Part.Type.STOCKED),
                Objects.requireNonNullElse(wish.status(), Part.Status.ACTIVE),
                Objects.requireNonNullElse(wish.baseUnit(), "EA"),
                Objects.requireNonNullElse(wish.decimals(), 0),
                money("price", wish.price()),
                Objects.requireNonNullElse(wish.currency(), "EUR"),
                money("standardCost", wish.standardCost()),
                new Thresholds(wish.reorderThreshold(), wish.criticalThreshold(), wish.maxQuantity()),
                Objects.requireNonNullElse(wish.tags(), List.of()),
                Objects.requireNonNullElse(wish.attributes(), Map.of()),
                1,
                now,
                by,
                now,
                by);
    }

    /** {@code numeric(19,4)}. */
    static @Nullable BigDecimal money(String field, @Nullable BigDecimal amount) {
        if (amount != null && (amount.stripTrailingZeros().scale() > 4 || amount.precision() - amount.scale() > 15)) {
            throw Problem.Invalid.field(field, "out-of-range", "at most 15 digits before and 4 after the point");
        }
        return amount;
    }

    @GetMapping
    @Operation(summary = "Parts by number")
    @Answers(value = PartCards.Card.class, list = true)
    Mono<Void> list(@ParameterObject Filter filter, Call call) {
        call.require(PARTS_READ);
        boolean costs = call.principal().seesCosts();
        return lists.answer(
                call,
                filter.paging(),
                "parts " + filter.query(),
                (after, limit) -> parts.list(filter.query(), after, limit),
                Part::partNumber,
                part -> PartCards.toCard(part, costs),
                parts.count(filter.query()));
    }

    @GetMapping("/{id}")
    @Operation(summary = "One part, from the cache")
    @Answers(value = PartCards.Card.class, etag = true, cached = true)
    Mono<ResponseEntity<byte[]>> get(@PathVariable UUID id, Call call) {
        call.require(PARTS_READ);
        return cards.of(id, call);
    }

    /** Drops what is cached and reads anew. */
    @PostMapping("/{id}/refresh")
    @Operation(summary = "One part, read anew past the cache")
    @Answers(value = PartCards.Card.class, etag = true, cached = true)
    Mono<ResponseEntity<byte[]>> refresh(@PathVariable UUID id, Call call) {
        call.require(PARTS_READ);
        return cards.anew(id, call);
    }

    @PatchMapping("/{id}")
    @Operation(summary = "Change a part: what is left out stays")
    @Answers(
            value = PartCards.Card.class,
            etag = true,
            ifMatch = true,
            problems = {"409 illegal-transition", "422 unknown-category", "422 threshold-order"})
    Mono<ResponseEntity<String>> change(@PathVariable UUID id, @RequestBody Correction correction, Call call) {
        String by = call.require(PARTS_WRITE).principal().account().toString();
        return commands.run(
                call,
                catalogue.change(id, call.requiredVersion(), before -> corrected(before, correction, by)),
                after -> Commands.ok(PartCards.toCard(after, call.principal().seesCosts()), after.version()));
    }

    private Part corrected(Part it, Correction wish, String by) {
        return new Part(
                it.id(),
                it.partNumber(),
                Objects.requireNonNullElse(wish.description().over(it.description()), it.description()),
                wish.notes().over(it.notes()),
                wish.categoryId().over(it.categoryId()),
                Objects.requireNonNullElse(wish.type().over(it.type()), it.type()),
                Objects.requireNonNullElse(wish.status().over(it.status()), it.status()),
                it.baseUnit(),
                it.decimals(),
                money("price", wish.price().over(it.price())),
                Objects.requireNonNullElse(wish.currency().over(it.currency()), it.currency()),
                money("standardCost", wish.standardCost().over(it.standardCost())),
                new Thresholds(
                        wish.reorderThreshold().over(it.thresholds().reorder()),
                        wish.criticalThreshold().over(it.thresholds().critical()),
                        wish.maxQuantity().over(it.thresholds().maximum())),
                Objects.requireNonNullElse(wish.tags().over(it.tags()), List.of()),
                wish.attributes().sent()
                        ? Objects.requireNonNullElse(wish.attributes().value(), Map.of())
                        : it.attributes(),
                it.version() + 1,
                it.createdAt(),
                it.createdBy(),
                clock.instant().truncatedTo(ChronoUnit.MICROS),
                by);
    }

    @DeleteMapping("/{id}")
    @Operation(summary = "Remove a part that never moved")
    @Answers(
            status = 204,
            ifMatch = true,
            problems = {"409 part-in-use"})
    Mono<ResponseEntity<String>> remove(@PathVariable UUID id, Call call) {
        call.require(PARTS_WRITE);
        return commands.run(call, catalogue.remove(id, call.requiredVersion()), _ -> Commands.noContent());
    }

    /** All locations in scope and their totals, at one position. */
    @GetMapping("/{id}/stock")
    @Operation(summary = "Where a part lies: all locations in scope, and their totals")
    Mono<PartStock> stock(@PathVariable UUID id, Call call) {
        call.require(STOCK_READ);
        boolean costs = call.principal().seesCosts();
        return parts.require(id)
                .then(reads.placed(id, call.principal().locationsFor(STOCK_READ)))
                .map(placed -> totals(id, placed, costs));
    }

    record PartStock(
            UUID partId,
            Quantity quantity,
            Quantity held,
            Quantity reserved,
            Quantity available,
            List<StockRowView> locations,
            long position) {}

    private static PartStock totals(UUID id, StockReads.Placed placed, boolean costs) {
        List<StockReads.Row> rows = placed.rows();
        return new PartStock(
                id,
                sum(rows, StockReads.Row::quantity),
                sum(rows, StockReads.Row::held),
                sum(rows, StockReads.Row::reserved),
                sum(rows, StockReads.Row::available),
                rows.stream().map(row -> StockRowView.of(row, costs)).toList(),
                placed.position());
    }

    private static Quantity sum(List<StockReads.Row> rows, Function<StockReads.Row, Quantity> figure) {
        return rows.stream().map(figure).reduce(Quantity.ZERO, Quantity::plus);
    }

    /** Buckets of usage: from and to are days, both inclusive; 90 days when left out. */
    record Span(
            @Nullable @Pattern(regexp = "day|week|month") String bucket,
            @Nullable UUID locationId,
            @Nullable LocalDate from,
            @Nullable LocalDate to) {

        LocalDate firstDay(LocalDate last) {
            LocalDate first = from == null ? last.minusDays(89) : from;
            if (first.isAfter(last) || ChronoUnit.DAYS.between(first, last) > 3660) {
                throw Problem.Invalid.field("from", "out-of-range", "at most ten years before to is expected");
            }
            return first;
        }
    }

    @GetMapping("/{id}/consumption")
    @Operation(summary = "Usage of a part by day, week or month")
    Mono<Consumption> consumption(@PathVariable UUID id, @ParameterObject Span span, Call call) {
        call.require(STOCK_READ);
        if (span.locationId() != null) {
            call.require(STOCK_READ, span.locationId());
        }
        Scope<UUID> scope = span.locationId() == null
                ? call.principal().locationsFor(STOCK_READ)
                : Scope.only(Set.of(span.locationId()));
        String bucket = Objects.requireNonNullElse(span.bucket(), "day");
        return parts.require(id)
                .then(lastDay(span, scope))
                .flatMapMany(to -> reads.consumption(id, scope, bucket, span.firstDay(to), to))
                .collectList()
                .map(buckets -> Consumption.of(id, bucket, buckets));
    }

    /** Usage counts on the day of its place: today is what it is there, or where it is latest. */
    private Mono<LocalDate> lastDay(Span span, Scope<UUID> scope) {
        Mono<LocalDate> today = span.locationId() == null
                ? locations.findLatestDay(scope, clock.instant()).defaultIfEmpty(LocalDate.now(clock))
                : locations.require(span.locationId()).map(it -> LocalDate.ofInstant(clock.instant(), it.timeZone()));
        return span.to() == null ? today : today.thenReturn(span.to());
    }
}
