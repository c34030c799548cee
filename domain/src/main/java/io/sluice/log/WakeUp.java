package io.sluice.log;

import io.sluice.shared.TenantId;

/** A hint that the tenant's log has reached the head. */
public record WakeUp(TenantId tenant, long head) {}
