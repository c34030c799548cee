package io.sluice.log;

import io.sluice.shared.TenantId;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Which topics have a subject that exists where the asker may look. */
public interface Subjects {

    /**
     * Those of the wished topics whose subject exists; bare and wildcard topics always do.
     *
     * @param locations whose alerts the reader may see; null: all
     * @param account whose jobs the reader may see; null: everybody's
     */
    Mono<Set<Topic>> existing(
            TenantId tenant, Set<Topic> wished, @Nullable Set<UUID> locations, @Nullable UUID account);
}
