package io.sluice.inventory.web;

import static io.sluice.access.Permission.STOCK_READ;

import io.sluice.inventory.Locations;
import io.sluice.inventory.StockReads;
import io.sluice.web.Answers;
import io.sluice.web.CachedAnswers;
import io.sluice.web.Call;
import io.sluice.web.Json;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Figures of a location, kept for 300 s or until an event touches it. */
@RestController
@Tag(name = "stock")
@RequestMapping("/api/inventory")
final class InventoryHttp {

    private static final Duration LIFE = Duration.ofSeconds(300);

    private final StockReads reads;
    private final Locations locations;
    private final CachedAnswers cached;

    InventoryHttp(StockReads reads, Locations locations, CachedAnswers cached) {
        this.reads = reads;
        this.locations = locations;
        this.cached = cached;
    }

    record SummaryQuery(
            UUID locationId,
            @Nullable UUID categoryId,
            @Nullable List<StockReads.Status> status) {

        Set<StockReads.Status> wanted() {
            Set<StockReads.Status> wanted = EnumSet.noneOf(StockReads.Status.class);
            if (status != null) {
                wanted.addAll(status);
            }
            return wanted;
        }
    }

    @GetMapping("/summary")
    @Operation(summary = "Totals of a location, from the cache")
    @Answers(value = StockReads.Summary.class, etag = true, cached = true)
    Mono<ResponseEntity<byte[]>> summary(@ParameterObject SummaryQuery query, Call call) {
        call.require(STOCK_READ, query.locationId());
        boolean costs = call.principal().seesCosts();
        Set<StockReads.Status> status = query.wanted();
        return cached.answer(
                call,
                "summary",
                List.of(query.locationId(), Optional.ofNullable(query.categoryId()), List.copyOf(status), costs),
                Set.of("location:" + query.locationId(), "part:*", "category:*"),
                LIFE,
                locations
                        .require(query.locationId())
                        .then(reads.summary(query.locationId(), query.categoryId(), status))
                        .map(it -> new CachedAnswers.Body(
                                Json.bytes(costs ? it : withoutCost(it)), "\"" + it.position() + "\"")));
    }

    private static StockReads.Summary withoutCost(StockReads.Summary it) {
        return new StockReads.Summary(
                it.locationId(),
                it.totalItems(),
                it.totalQuantity(),
                it.totalValue(),
                null,
                it.currency(),
                it.byCategory(),
                it.unconverted(),
                it.lowStockItems(),
                it.criticalStockItems(),
                it.position(),
                it.computedAt());
    }

    record Window(
            UUID locationId,
            @Nullable @Min(1) @Max(365) Integer days,
            @Nullable @Min(1) @Max(100) Integer limit) {

        int daysOr30() {
            return days == null ? 30 : days;
        }

        int limitOr10() {
            return limit == null ? 10 : limit;
        }
    }

    @GetMapping("/top-moving")
    @Operation(summary = "What is issued most at a location, from the cache")
    @Answers(value = TopMovers.class, etag = true, cached = true)
    Mono<ResponseEntity<byte[]>> topMoving(@ParameterObject Window window, Call call) {
        call.require(STOCK_READ, window.locationId());
        return cached.answer(
                call,
                "top-moving",
                List.of(window.locationId(), window.daysOr30(), window.limitOr10()),
                Set.of("location:" + window.locationId(), "part:*"),
                LIFE,
                locations
                        .require(window.locationId())
                        .then(reads.topMoving(window.locationId(), window.daysOr30(), window.limitOr10())
                                .collectList())
                        .map(InventoryHttp::items));
    }

    @GetMapping("/slow-moving")
    @Operation(summary = "What lies still at a location, from the cache")
    @Answers(value = SlowMovers.class, etag = true, cached = true)
    Mono<ResponseEntity<byte[]>> slowMoving(@ParameterObject Window window, Call call) {
        call.require(STOCK_READ, window.locationId());
        return cached.answer(
                call,
                "slow-moving",
                List.of(window.locationId(), window.daysOr30(), window.limitOr10()),
                Set.of("location:" + window.locationId(), "part:*"),
                LIFE,
                locations
                        .require(window.locationId())
                        .then(reads.slowMoving(window.locationId(), window.daysOr30(), window.limitOr10())
                                .collectList())
                        .map(InventoryHttp::items));
    }

    record TopMovers(List<StockReads.Mover> items) {}

    record SlowMovers(List<StockReads.SlowMover> items) {}

    private static CachedAnswers.Body items(List<?> items) {
        byte[] json = Json.bytes(Map.of("items", items));
        return new CachedAnswers.Body(json, "\"" + Integer.toHexString(java.util.Arrays.hashCode(json)) + "\"");
    }
}
