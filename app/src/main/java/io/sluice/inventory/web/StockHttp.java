package io.sluice.inventory.web;

import static io.sluice.access.Permission.ALERTS_ACKNOWLEDGE;
import static io.sluice.access.Permission.AUDIT_VERIFY;
import static io.sluice.access.Permission.STOCK_CONFIGURE;
import static io.sluice.access.Permission.STOCK_READ;

import io.sluice.inventory.Locations;
import io.sluice.inventory.StockAlert;
import io.sluice.inventory.StockControl;
import io.sluice.inventory.StockEvents;
import io.sluice.inventory.StockKey;
import io.sluice.inventory.StockReads;
import io.sluice.inventory.Thresholds;
import io.sluice.log.AuditTrail;
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
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Stock rows, their cards, thresholds and alerts. */
@RestController
@Tag(name = "stock")
@RequestMapping("/api/stock")
final class StockHttp {

    private final Commands commands;
    private final StockReads reads;
    private final StockControl control;
    private final Locations locations;
    private final AuditTrail trail;
    private final Lists lists;

    StockHttp(
            Commands commands,
            StockReads reads,
            StockControl control,
            Locations locations,
            AuditTrail trail,
            Lists lists) {
        this.commands = commands;
        this.reads = reads;
        this.control = control;
        this.locations = locations;
        this.trail = trail;
        this.lists = lists;
    }

    record Filter(
            @Nullable UUID locationId,
            @Nullable UUID partId,
            @Nullable UUID categoryId,
            @Nullable List<StockReads.Status> status,
            @Nullable Boolean low,
            @Nullable @Min(1) @Max(200) Integer limit,
            @Nullable @Size(max = 1000) String cursor,
            @Nullable Boolean count) {

        StockReads.Filter within(Call call) {
            Set<StockReads.Status> wanted = EnumSet.noneOf(StockReads.Status.class);
            if (status != null) {
                wanted.addAll(status);
            }
            return new StockReads.Filter(
                    call.principal().locationsFor(STOCK_READ), locationId, partId, categoryId, wanted, low);
        }
    }

    @GetMapping
    @Operation(summary = "Stock rows in scope")
    @Answers(value = StockRowView.class, list = true)
    Mono<Void> list(@ParameterObject Filter filter, Call call) {
        call.require(STOCK_READ);
        StockReads.Filter wanted = filter.within(call);
        boolean costs = call.principal().seesCosts();
        return known(filter.locationId(), call)
                .then(traced(filter, call))
                .then(lists.answer(
                        call,
                        new Paging(filter.limit(), filter.cursor(), filter.count()),
                        "stock " + wanted,
                        (after, limit) -> reads.rows(wanted, after == null ? null : toAfter(after), limit),
                        row -> row.locationId() + row.partNumber(),
                        row -> StockRowView.of(row, costs),
                        reads.countRows(wanted)));
    }

    /** A live query is a sensitive read: who asks for what is in the audit before he is answered. */
    private Mono<Void> traced(Filter filter, Call call) {
        String connection = call.connection();
        return connection == null
                ? Mono.empty()
                : trail.leave(StockEvents.queried(
                        call.principal().account(),
                        filter.locationId(),
                        filter.partId(),
                        filter.categoryId(),
                        connection));
    }

    /** Passes when no location is named, or one that exists in the caller's scope. */
    private Mono<Void> known(@Nullable UUID location, Call call) {
        if (location == null) {
            return Mono.empty();
        }
        call.require(STOCK_READ, location);
        return locations.require(location).then();
    }

    private static StockReads.After toAfter(String key) {
        return new StockReads.After(key.substring(36), UUID.fromString(key.substring(0, 36)));
    }

    @GetMapping("/{locationId}/{partId}")
    @Operation(summary = "The stock of a part at a location")
    @Answers(value = StockRowView.class, etag = true)
    Mono<ResponseEntity<StockRowView>> get(@PathVariable UUID locationId, @PathVariable UUID partId, Call call) {
        call.require(STOCK_READ, locationId);
        return require(new StockKey(locationId, partId)).map(row -> ResponseEntity.ok()
                .eTag(Commands.etag(row.version()))
                .body(StockRowView.of(row, call.principal().seesCosts())));
    }

    private Mono<StockReads.Row> require(StockKey key) {
        return reads.row(key)
                .switchIfEmpty(Mono.error(() -> new Problem.NotFound("stock row", key.location() + "/" + key.part())));
    }

    /** Thresholds of the row itself; null takes one off, so that the part's or the category's counts again. */
    record Configuration(
            @DecimalMin("0") Change<Quantity> reorderThreshold,
            @DecimalMin("0") Change<Quantity> criticalThreshold,
            @DecimalMin("0") Change<Quantity> maxQuantity) {

        Thresholds over(Thresholds old) {
            return new Thresholds(
                    reorderThreshold.over(old.reorder()),
                    criticalThreshold.over(old.critical()),
                    maxQuantity.over(old.maximum()));
        }
    }

    @PatchMapping("/{locationId}/{partId}")
    @Operation(summary = "Change the thresholds of a stock row")
    @Answers(
            value = StockRowView.class,
            etag = true,
            ifMatch = true,
            problems = {"422 threshold-order"})
    Mono<ResponseEntity<String>> configure(
            @PathVariable UUID locationId, @PathVariable UUID partId, @RequestBody Configuration wish, Call call) {
        call.require(STOCK_CONFIGURE, locationId);
        StockKey key = new StockKey(locationId, partId);
        boolean costs = call.principal().seesCosts();
        return commands.run(
                call,
                control.configure(key, call.requiredVersion(), wish::over).then(require(key)),
                row -> Commands.ok(StockRowView.of(row, costs), row.version()));
    }

    record CardPage(
            @Nullable @Min(1) @Max(200) Integer limit,
            @Nullable @Size(max = 1000) String cursor) {}

    /** The row's card: every movement with the running balance, oldest first. */
    @GetMapping("/{locationId}/{partId}/history")
    @Operation(summary = "A row's card: every movement with the running balance, oldest first")
    @Answers(value = EntryView.class, list = true)
    Mono<Void> history(
            @PathVariable UUID locationId, @PathVariable UUID partId, @ParameterObject CardPage page, Call call) {
        call.require(STOCK_READ, locationId);
        StockKey key = new StockKey(locationId, partId);
        boolean costs = call.principal().seesCosts();
        return require(key)
                .then(lists.answer(
                        call,
                        new Paging(page.limit(), page.cursor(), null),
                        "card " + key,
                        (after, limit) -> reads.card(key, after == null ? 0 : Long.parseLong(after), limit),
                        entry -> Long.toString(entry.position()),
                        entry -> EntryView.of(entry, costs),
                        null));
    }

    record Moment(
            UUID locationId,
            @Nullable UUID partId,
            Instant at,
            @Nullable @Pattern(regexp = "recorded|occurred") String basis) {}

    record PastStock(Instant at, List<StockReads.AsOf> items) {}

    record Differences(List<StockReads.Difference> differences) {}

    /** Stock at an instant, by commit time ({@code recorded}) or business time ({@code occurred}). */
    @GetMapping("/as-of")
    @Operation(summary = "Stock at an instant, by commit time or business time")
    Mono<PastStock> asOf(@ParameterObject Moment moment, Call call) {
        return known(moment.locationId(), call)
                .thenMany(reads.asOf(
                        moment.locationId(), moment.partId(), moment.at(), "occurred".equals(moment.basis())))
                .collectList()
                .map(items -> new PastStock(moment.at(), items));
    }

    /** Rows that differ from the sum of their movements: none, when all is well. */
    @GetMapping("/verify")
    @Operation(summary = "Rows that differ from the sum of their movements: none when all is well")
    Mono<Differences> verify(Call call) {
        call.require(STOCK_READ);
        if (!call.principal().locationsFor(STOCK_READ).isAll()) {
            call.require(AUDIT_VERIFY);
        }
        return reads.differences().collectList().map(Differences::new);
    }

    record AlertFilter(
            @Nullable UUID locationId,
            StockAlert.@Nullable Level level,
            StockAlert.@Nullable Status status,
            @Nullable @Pattern(regexp = "LOW_STOCK") String kind,
            @Nullable @Min(1) @Max(200) Integer limit,
            @Nullable @Size(max = 1000) String cursor) {}

    @GetMapping("/alerts")
    @Operation(summary = "Stock alerts")
    @Answers(value = AlertView.class, list = true)
    Mono<Void> alerts(@ParameterObject AlertFilter filter, Call call) {
        call.require(STOCK_READ);
        var wanted = new StockReads.AlertFilter(
                call.principal().locationsFor(STOCK_READ), filter.locationId(), filter.level(), filter.status());
        return known(filter.locationId(), call)
                .then(lists.answer(
                        call,
                        new Paging(filter.limit(), filter.cursor(), null),
                        "alerts " + wanted,
                        (after, limit) -> reads.alerts(wanted, after == null ? null : UUID.fromString(after), limit),
                        alert -> alert.id().toString(),
                        AlertView::of,
                        null));
    }

    record Remark(@Nullable @Size(max = 1000) String note) {}

    @PostMapping("/alerts/{id}/acknowledge")
    @Operation(summary = "Acknowledge an alert")
    @Answers(
            value = AlertView.class,
            etag = true,
            problems = {"409 alert-closed", "409 illegal-transition"})
    Mono<ResponseEntity<String>> acknowledge(@PathVariable UUID id, @RequestBody Remark remark, Call call) {
        String by = call.require(ALERTS_ACKNOWLEDGE).principal().account().toString();
        return decide(id, new StockControl.Decision.Acknowledge(by, remark.note()), call);
    }

    @PostMapping("/alerts/{id}/resolve")
    @Operation(summary = "Resolve an alert")
    @Answers(
            value = AlertView.class,
            etag = true,
            problems = {"409 alert-closed", "409 illegal-transition"})
    Mono<ResponseEntity<String>> resolve(@PathVariable UUID id, @RequestBody Remark remark, Call call) {
        call.require(ALERTS_ACKNOWLEDGE);
        return decide(id, new StockControl.Decision.Resolve(remark.note()), call);
    }

    private Mono<ResponseEntity<String>> decide(UUID id, StockControl.Decision decision, Call call) {
        return commands.run(
                call,
                control.decide(id, location -> call.principal().may(ALERTS_ACKNOWLEDGE, location), decision),
                alert -> Commands.ok(AlertView.of(alert), alert.version()));
    }
}
