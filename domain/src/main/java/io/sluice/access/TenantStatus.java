package io.sluice.access;

/** {@code ACTIVE <-> SUSPENDED; ACTIVE, SUSPENDED -> CLOSED; CLOSED -> SUSPENDED}. */
public enum TenantStatus {
    ACTIVE,
    SUSPENDED,
    CLOSED
}
