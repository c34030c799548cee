package io.sluice.inventory.web;

import io.sluice.inventory.Part;
import io.sluice.inventory.Parts;
import io.sluice.shared.Quantity;
import io.sluice.web.CachedAnswers;
import io.sluice.web.Call;
import io.sluice.web.Commands;
import io.sluice.web.Json;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** A part as it is shown, with or without its cost, kept for 600 s or until an event touches it. */
@Component
final class PartCards {

    private static final Duration LIFE = Duration.ofSeconds(600);

    private final Parts parts;
    private final CachedAnswers cached;

    PartCards(Parts parts, CachedAnswers cached) {
        this.parts = parts;
        this.cached = cached;
    }

    record Card(
            UUID id,
            String partNumber,
            String description,
            @Nullable String notes,
            @Nullable UUID categoryId,
            Part.Type type,
            Part.Status status,
            String baseUnit,
            int decimals,
            @Nullable BigDecimal price,
            String currency,
            @Nullable BigDecimal standardCost,
            @Nullable Quantity reorderThreshold,
            @Nullable Quantity criticalThreshold,
            @Nullable Quantity maxQuantity,
            List<String> tags,
            Map<String, ?> attributes,
            long version,
            Instant createdAt,
            String createdBy,
            Instant updatedAt,
            String updatedBy) {}

    static Card toCard(Part it, boolean costs) {
        return new Card(
                it.id(),
                it.partNumber(),
                it.description(),
                it.notes(),
                it.categoryId(),
                it.type(),
                it.status(),
                it.baseUnit(),
                it.decimals(),
                it.price(),
                it.currency(),
                costs ? it.standardCost() : null,
                it.thresholds().reorder(),
                it.thresholds().critical(),
                it.thresholds().maximum(),
                it.tags(),
                it.attributes(),
                it.version(),
                it.createdAt(),
                it.createdBy(),
                it.updatedAt(),
                it.updatedBy());
    }

    Mono<ResponseEntity<byte[]>> of(UUID id, Call call) {
        boolean costs = call.principal().seesCosts();
        return cached.answer(call, "part", List.of(id, costs), Set.of("part:" + id), LIFE, card(id, costs));
    }

    Mono<ResponseEntity<byte[]>> anew(UUID id, Call call) {
        boolean costs = call.principal().seesCosts();
        return cached.renewed(call, "part", List.of(id, costs), Set.of("part:" + id), LIFE, card(id, costs));
    }

    private Mono<CachedAnswers.Body> card(UUID id, boolean costs) {
        return parts.require(id)
                .map(part -> new CachedAnswers.Body(Json.bytes(toCard(part, costs)), Commands.etag(part.version())));
    }
}
