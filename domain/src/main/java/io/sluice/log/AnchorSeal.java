package io.sluice.log;

import io.sluice.shared.TenantId;
import java.time.Instant;

/** The server's hand under an {@link Anchor}. */
@FunctionalInterface
public interface AnchorSeal {

    /** In hex; the same for the same arguments, as long as the server's master key is. */
    String sign(TenantId tenant, long position, String hash, Instant at);
}
