package io.sluice.access;

import java.time.Instant;

/** A signing key as it is kept: the public part readable, the private part sealed with the master key. */
public record SealedKey(String id, String publicJwk, byte[] sealed, Instant createdAt) {}
