package io.sluice.log;

import java.time.Instant;

/** Where a tenant's log ends: last position (0 when empty), its hash in hex, its time; and the oldest one retained. */
public record Head(long position, String hash, Instant at, long oldest) {}
