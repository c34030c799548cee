package io.sluice.imports;

import io.sluice.inventory.Location;
import io.sluice.inventory.MovementType;
import io.sluice.inventory.Part;
import io.sluice.inventory.Reference;
import io.sluice.inventory.Thresholds;
import io.sluice.shared.Problem;
import io.sluice.shared.Quantity;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a line asks for; places and parts are still named as the line names them. */
public sealed interface Mapped {

    SourceLine line();

    /** The line's own identity; null: its number in the file. */
    @Nullable
    String key();

    record Failed(SourceLine line, @Nullable String key, Problem problem) implements Mapped {}

    /** Without effect by its rule. */
    record Skipped(SourceLine line, @Nullable String key, String code) implements Mapped {}

    /**
     * A movement, or its share in the usage of its day.
     *
     * @param place empty: the import's location
     * @param quantity as in {@link io.sluice.inventory.Move}: signed for an ADJUSTMENT only
     */
    record Posting(
            SourceLine line,
            @Nullable String key,
            String place,
            String part,
            MovementType type,
            Quantity quantity,
            @Nullable String unit,
            @Nullable BigDecimal unitCost,
            @Nullable BigDecimal unitPrice,
            @Nullable String currency,
            @Nullable String reason,
            @Nullable String note,
            @Nullable Reference reference,
            @Nullable String customer,
            @Nullable String country,
            @Nullable Moment at)
            implements Mapped {

        public Quantity change() {
            return type.isDecrease() ? quantity.negated() : quantity;
        }
    }

    /** A time that may still need a zone. */
    record Moment(@Nullable Instant exact, @Nullable LocalDateTime local) {

        static Moment of(LocalDateTime local) {
            return new Moment(null, local);
        }

        /** A time with a zone of its own moves in UTC, where days have no gaps. */
        public Moment plusDays(long days) {
            return new Moment(
                    exact == null ? null : exact.plus(days, ChronoUnit.DAYS),
                    local == null ? null : local.plusDays(days));
        }

        public Instant in(ZoneId zone) {
            if (exact != null) {
                return exact;
            }
            return local == null ? Instant.EPOCH : local.atZone(zone).toInstant();
        }
    }

    /** What was used on some days. */
    record UsageRow(SourceLine line, @Nullable String key, String place, String part, List<Used> days)
            implements Mapped {
        public UsageRow {
            days = List.copyOf(days);
        }
    }

    record Used(LocalDate day, Quantity quantity) {}

    /** @param category its code; null: none */
    record PartRow(
            SourceLine line,
            @Nullable String key,
            String partNumber,
            @Nullable String description,
            @Nullable String notes,
            @Nullable String category,
            Part.@Nullable Type type,
            Part.@Nullable Status status,
            @Nullable String baseUnit,
            @Nullable Integer decimals,
            @Nullable BigDecimal price,
            @Nullable String currency,
            @Nullable BigDecimal standardCost,
            Thresholds thresholds,
            @Nullable List<String> tags)
            implements Mapped {}

    /** @param parent its code; null: none */
    record LocationRow(
            SourceLine line,
            @Nullable String key,
            String code,
            @Nullable String name,
            Location.@Nullable Kind kind,
            @Nullable String parent,
            @Nullable String region,
            @Nullable String country,
            @Nullable String climateZone,
            @Nullable String address,
            @Nullable BigDecimal lat,
            @Nullable BigDecimal lon,
            @Nullable ZoneId timeZone,
            @Nullable String currency)
            implements Mapped {}

    /** @param parent its code; null: by the code of the category */
    record CategoryRow(
            SourceLine line,
            @Nullable String key,
            String code,
            @Nullable String name,
            @Nullable String description,
            @Nullable String parent,
            Thresholds thresholds)
            implements Mapped {}

    /** A reference in a line: a UUID, or a code. */
    static @Nullable UUID idOf(String name) {
        return Texts.uuidOrNull(name);
    }
}
