package io.sluice.log;

import io.sluice.shared.TenantId;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** State as of a position, so that the events after it follow without hole or repeat. */
public interface Snapshots {

    /** A part of a topic's state: items as JSON texts; every topic ends with a part that says {@code last}. */
    record Part(Topic topic, long position, List<String> items, boolean last) {
        public Part {
            items = List.copyOf(items);
        }
    }

    /**
     * The state of the topics, all as of one position.
     *
     * @param locations whose stock the reader may see; null: all
     */
    Flux<Part> of(TenantId tenant, List<Topic> topics, @Nullable Set<UUID> locations);
}
