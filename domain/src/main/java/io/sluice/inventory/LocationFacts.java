package io.sluice.inventory;

import java.time.ZoneId;
import java.util.UUID;

/** What a movement has to know about its place. */
public record LocationFacts(UUID id, String code, boolean active, ZoneId timeZone, String currency) {}
