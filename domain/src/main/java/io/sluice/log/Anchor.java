package io.sluice.log;

import java.time.Instant;

/**
 * What a tenant's log was at a time. Whoever rewrites a chain to its end can make its hashes agree again, and still
 * cannot sign: the key lies outside the database.
 *
 * @param hash of the event at the position, in hex
 * @param signature as {@link AnchorSeal} makes it
 */
public record Anchor(long position, String hash, Instant at, String signature) {}
