package io.sluice.inventory;

/** What a movement belongs to elsewhere: an order, a sale, an import. */
public record Reference(Kind type, String id) {

    public enum Kind {
        ORDER,
        TRANSFER,
        COUNT,
        RESERVATION,
        PICK,
        KIT,
        SALE,
        WORK_ORDER,
        SENSOR,
        IMPORT,
        CLAIM,
        LISTING
    }
}
