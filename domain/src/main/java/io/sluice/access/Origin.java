package io.sluice.access;

import io.sluice.log.Cause;
import org.jspecify.annotations.Nullable;

/** Where an unauthenticated request comes from. */
public record Origin(Cause cause, String address, @Nullable String userAgent) {}
