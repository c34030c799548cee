package io.sluice.shared;

import java.util.UUID;

/** One customer; nothing crosses it. */
public record TenantId(UUID value) {

    public static TenantId of(String text) {
        return new TenantId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
