package io.sluice.log;

import io.sluice.shared.TenantId;
import java.util.List;

/** Is told, on the node that committed and before the answer goes out, what a transaction added to the log. */
@FunctionalInterface
public interface Commits {

    /** @param events in order and without a gap; never empty. Must return at once and must not throw. */
    void committed(TenantId tenant, List<Recorded> events);
}
