package io.sluice.inventory;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A place with one stock row for each part. */
public record Location(
        UUID id,
        String code,
        String name,
        Kind kind,
        @Nullable UUID parentId,
        @Nullable String region,
        @Nullable String country,
        @Nullable String climateZone,
        @Nullable String address,
        @Nullable BigDecimal lat,
        @Nullable BigDecimal lon,
        ZoneId timeZone,
        String currency,
        List<UUID> managerIds,
        boolean active,
        long version,
        Instant createdAt,
        String createdBy,
        Instant updatedAt,
        String updatedBy) {

    public enum Kind {
        WAREHOUSE,
        STORE,
        SERVICE_CENTER,
        VAN,
        CUSTOMER
    }

    public Location {
        managerIds = List.copyOf(managerIds);
    }
}
