package io.sluice.imports;

import io.sluice.shared.TenantId;

/** Is told that an import waits, so that it need not wait for the next round. */
@FunctionalInterface
public interface ImportQueue {

    void wake(TenantId tenant);
}
