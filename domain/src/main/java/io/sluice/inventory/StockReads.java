package io.sluice.inventory;

import io.sluice.access.Scope;
import io.sluice.shared.Quantity;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Questions about stock, each answered by a fixed number of statements. */
public interface StockReads {

    /** Derived, first that fits. */
    enum Status {
        OBSOLETE,
        QUARANTINED,
        RESERVED,
        ACTIVE
    }

    /** A threshold that is in force, and whether the row, the part or the category says so. */
    record Limit(@Nullable Quantity value, @Nullable String source) {}

    /** A stock row with what a reader wants to see beside it. */
    record Row(
            UUID locationId,
            UUID partId,
            String partNumber,
            String description,
            @Nullable UUID categoryId,
            @Nullable BigDecimal price,
            String currency,
            Quantity quantity,
            Quantity held,
            Quantity reserved,
            Quantity available,
            @Nullable BigDecimal averageCost,
            Status status,
            Limit reorderThreshold,
            Limit criticalThreshold,
            Limit maxQuantity,
            boolean low,
            boolean critical,
            @Nullable Instant lastMovementAt,
            @Nullable Instant lastIssueAt,
            long version) {}

    record Filter(
            Scope<UUID> scope,
            @Nullable UUID location,
            @Nullable UUID part,
            @Nullable UUID category,
            Set<Status> status,
            @Nullable Boolean low) {}

    /** Where a list goes on: after this part number and location. */
    record After(String partNumber, UUID location) {}

    Flux<Row> rows(Filter filter, @Nullable After after, int limit);

    Mono<Long> countRows(Filter filter);

    Mono<Row> row(StockKey key);

    /** Rows with the position that they are true at. */
    record Placed(List<Row> rows, long position) {}

    /** All rows of a part in the scope, of one snapshot. */
    Mono<Placed> placed(UUID part, Scope<UUID> scope);

    record CategoryTotal(String name, long count, BigDecimal value) {}

    /** Totals of a location, all of one snapshot. */
    record Summary(
            UUID locationId,
            long totalItems,
            Quantity totalQuantity,
            BigDecimal totalValue,
            @Nullable BigDecimal totalCost,
            String currency,
            Map<String, CategoryTotal> byCategory,
            List<Money> unconverted,
            long lowStockItems,
            long criticalStockItems,
            long position,
            Instant computedAt) {}

    /** An amount in a currency other than the tenant's. */
    record Money(String currency, BigDecimal value) {}

    Mono<Summary> summary(UUID location, @Nullable UUID category, Set<Status> status);

    record Mover(
            UUID partId,
            String partNumber,
            String description,
            Quantity quantity,
            BigDecimal value,
            long transactions) {}

    Flux<Mover> topMoving(UUID location, int days, int limit);

    record SlowMover(
            UUID partId,
            String partNumber,
            String description,
            Quantity quantity,
            BigDecimal value,
            @Nullable Instant lastIssueAt) {}

    /** Rows with stock and without an ISSUE in the window, the most valuable first. */
    Flux<SlowMover> slowMoving(UUID location, int days, int limit);

    record Entry(
            UUID id,
            UUID locationId,
            UUID partId,
            String type,
            Quantity quantity,
            Quantity change,
            Quantity balanceAfter,
            @Nullable BigDecimal unitCost,
            @Nullable BigDecimal unitPrice,
            @Nullable String currency,
            @Nullable String reason,
            @Nullable String note,
            @Nullable Reference reference,
            @Nullable String customerId,
            Instant occurredAt,
            Instant recordedAt,
            String actor,
            long position,
            @Nullable UUID reversesId,
            @Nullable UUID reversedById,
            @Nullable Map<String, Object> metadata) {}

    record EntryFilter(
            Scope<UUID> scope,
            @Nullable UUID location,
            @Nullable UUID part,
            @Nullable MovementType type,
            @Nullable String actor,
            @Nullable String reference,
            @Nullable Instant from,
            @Nullable Instant to) {}

    /** The ledger, newest first, before an entry. */
    Flux<Entry> entries(EntryFilter filter, @Nullable UUID before, int limit);

    /** A row's card: its entries in order after a position, each with the running balance. */
    Flux<Entry> card(StockKey key, long after, int limit);

    Mono<Entry> entry(UUID id);

    record AsOf(UUID locationId, UUID partId, Quantity quantity) {}

    /** Stock at an instant, replayed from the ledger by commit time or by business time. */
    Flux<AsOf> asOf(UUID location, @Nullable UUID part, Instant at, boolean byOccurrence);

    record Difference(UUID locationId, UUID partId, Quantity quantity, Quantity ledger) {}

    /** Rows whose quantity is not the sum of their movements; empty when all is well. */
    Flux<Difference> differences();

    record Bucket(LocalDate from, Quantity issued, Quantity returned, long count, BigDecimal revenue) {}

    /** Usage per bucket of {@code day}, {@code week} or {@code month}, buckets without movement as zero. */
    Flux<Bucket> consumption(UUID part, Scope<UUID> scope, String bucket, LocalDate from, LocalDate to);

    record AlertFilter(
            Scope<UUID> scope,
            @Nullable UUID location,
            StockAlert.@Nullable Level level,
            StockAlert.@Nullable Status status) {}

    /** Newest first. */
    Flux<StockAlert> alerts(AlertFilter filter, @Nullable UUID before, int limit);
}
