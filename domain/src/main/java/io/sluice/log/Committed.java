package io.sluice.log;

/** What a unit of work answered, and the tenant's position after it (0 when it wrote no event). */
public record Committed<T>(T answer, long position) {}
