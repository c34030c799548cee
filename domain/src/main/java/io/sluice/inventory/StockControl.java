package io.sluice.inventory;

import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Changes of rows and alerts that are no movements. Runs inside a unit of work. */
public interface StockControl {

    /**
     * Sets the row's own thresholds; alerts are evaluated in the same transaction. Version 0 is
     * that of a row which does not exist yet. Fails as {@link Thresholds#checked} does, or with the stale version.
     */
    Mono<Void> configure(StockKey key, long version, UnaryOperator<Thresholds> change);

    /** Evaluates the alerts of all rows of a part whose thresholds or category were just stored. */
    Mono<Void> evaluatePart(UUID part);

    /** Evaluates the alerts of all rows whose part is in a category whose thresholds were just stored. */
    Mono<Void> evaluateCategory(UUID category);

    /** Decides about an alert on its present state; 404 when it is unknown or out of the locations. */
    Mono<StockAlert> decide(UUID alert, Predicate<UUID> visible, Decision decision);

    /** What is done to an alert. */
    sealed interface Decision {

        record Acknowledge(String by, @Nullable String note) implements Decision {}

        record Resolve(@Nullable String note) implements Decision {}
    }
}
