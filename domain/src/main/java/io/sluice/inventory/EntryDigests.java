package io.sluice.inventory;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code stock.changed} vouches for without saying it, value by value, so that an altered one can be named:
 * costs, which no event carries, and words that belong to the ledger only. 96 bits each: nobody finds a second value
 * for a digest that stands in the chain already.
 */
public final class EntryDigests {

    private static final int BYTES = 12;
    private static final int DECIMALS = 4;
    private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

    private final MessageDigest sha256;
    private final String entry;
    private final SortedMap<String, String> digests = new TreeMap<>();

    /** @param entry the movement's id, which makes digests of equal values different */
    private EntryDigests(UUID entry) {
        this.entry = entry.toString();
        try {
            this.sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static SortedMap<String, String> of(Movement movement) {
        Move move = movement.move();
        return new EntryDigests(movement.id())
                .amount("unitCost", move.unitCost())
                .amount("unitPrice", movement.unitPrice())
                .value("currency", movement.currency())
                .value("reason", move.reason())
                .value("note", move.note())
                .value("customerId", move.customer())
                .value("reversesId", move.reversed())
                .value("key", move.once() == null ? null : move.once().key())
                .digests;
    }

    /** As the ledger rounds it. */
    private EntryDigests amount(String name, @Nullable BigDecimal amount) {
        return value(
                name,
                amount == null
                        ? null
                        : amount.setScale(DECIMALS, RoundingMode.HALF_UP).toPlainString());
    }

    private EntryDigests value(String name, @Nullable Object value) {
        if (value != null) {
            byte[] digest = sha256.digest((entry + '\n' + name + '\n' + value).getBytes(StandardCharsets.UTF_8));
            digests.put(name, TEXT.encodeToString(Arrays.copyOf(digest, BYTES)));
        }
        return this;
    }
}
