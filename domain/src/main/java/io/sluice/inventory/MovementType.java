package io.sluice.inventory;

/** What a movement does to its row. */
public enum MovementType {
    /** The first movement of a row. */
    OPENING,
    RECEIPT,
    ISSUE,
    RETURN,
    /** Signed; says why. */
    ADJUSTMENT,
    /** Says why. */
    SCRAP;

    public boolean needsReason() {
        return this == ADJUSTMENT || this == SCRAP;
    }

    public boolean isDecrease() {
        return this == ISSUE || this == SCRAP;
    }

    /** True for what a technician may do, too. */
    public boolean isFieldWork() {
        return this == ISSUE || this == RETURN;
    }

    /** True for corrections, which need {@code stock:adjust} instead of {@code stock:move}. */
    public boolean isCorrection() {
        return this == OPENING || this == ADJUSTMENT || this == SCRAP;
    }
}
