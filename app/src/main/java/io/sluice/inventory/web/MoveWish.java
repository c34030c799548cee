package io.sluice.inventory.web;

import io.sluice.inventory.Move;
import io.sluice.inventory.MovementType;
import io.sluice.inventory.Reference;
import io.sluice.log.CanonicalJson;
import io.sluice.log.OnceKey;
import io.sluice.shared.FieldError;
import io.sluice.shared.Problem;
import io.sluice.shared.Quantity;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A movement as it is asked for. {@code quantity} is positive, but for an ADJUSTMENT, where it is signed and not 0. */
record MoveWish(
        UUID locationId,
        UUID partId,
        MovementType type,
        Quantity quantity,
        @Nullable @Pattern(regexp = "[A-Z0-9]{1,12}") String unit,
        @Nullable @DecimalMin("0") BigDecimal unitCost,
        @Nullable @DecimalMin("0") BigDecimal unitPrice,
        @Nullable @Pattern(regexp = "[A-Z]{3}") String currency,
        @Nullable @Size(min = 1, max = 60) String reason,
        @Nullable @Size(max = 1000) String note,
        @Nullable ReferenceWish reference,
        @Nullable @Size(min = 1, max = 64) String customerId,
        @Nullable Instant occurredAt,
        @Nullable Map<String, Object> metadata,
        @Nullable @Size(min = 1, max = 128) String key) {

    private static final Duration AHEAD = Duration.ofMinutes(5);
    private static final int YEARS_BACK = 10;
    private static final int METADATA_LIMIT = 4096;

    record ReferenceWish(
            Reference.Kind type, @Size(min = 1, max = 128) String id) {}

    MoveWish {
        List<FieldError> errors = new ArrayList<>();
        if (quantity.isZero()) {
            errors.add(new FieldError("quantity", "out-of-range", "must not be 0"));
        } else if (quantity.isNegative() && type != MovementType.ADJUSTMENT) {
            errors.add(new FieldError("quantity", "out-of-range", "must be more than 0; only an ADJUSTMENT is signed"));
        }
        if (metadata != null
                && CanonicalJson.write(metadata).getBytes(StandardCharsets.UTF_8).length > METADATA_LIMIT) {
            errors.add(new FieldError("metadata", "out-of-range", "at most 4096 bytes of JSON"));
        }
        checkMoney("unitCost", unitCost, errors);
        checkMoney("unitPrice", unitPrice, errors);
        if (!errors.isEmpty()) {
            throw new Problem.Invalid(errors);
        }
    }

    private static void checkMoney(String field, @Nullable BigDecimal amount, List<FieldError> errors) {
        if (amount != null && (amount.stripTrailingZeros().scale() > 4 || amount.precision() - amount.scale() > 15)) {
            errors.add(new FieldError(field, "out-of-range", "at most 15 digits before and 4 after the point"));
        }
    }

    Move toMove(Instant now, @Nullable OnceKey once, @Nullable BigDecimal valueLimit) {
        if (occurredAt != null && isOutside(occurredAt, now)) {
            throw Problem.Invalid.field(
                    "occurredAt", "out-of-range", "at most 5 minutes ahead and 10 years back is expected");
        }
        return new Move(
                locationId,
                partId,
                type,
                quantity,
                unit,
                unitCost,
                unitPrice,
                currency,
                reason,
                note,
                reference == null ? null : new Reference(reference.type(), reference.id()),
                customerId,
                occurredAt,
                metadata,
                once,
                valueLimit,
                null);
    }

    private static boolean isOutside(Instant at, Instant now) {
        return at.isAfter(now.plus(AHEAD))
                || at.isBefore(
                        now.atOffset(ZoneOffset.UTC).minusYears(YEARS_BACK).toInstant());
    }

    /** Tells a repeated line from another one under the same key: SHA-256, in hex. */
    String digest() {
        try {
            byte[] text = toString().getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
