package io.sluice.log.hub;

import jakarta.validation.constraints.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a reader says on a running stream; {@code ref} comes back with the answer. */
public record LiveMessage(
        @Nullable @Size(max = 64) String ref,
        @Nullable @Size(max = 200) List<String> add,
        @Nullable @Size(max = 200) List<String> drop,
        @Nullable Boolean snapshot,
        @Nullable @Size(max = 256) String ping,
        @Nullable @Size(max = 8192) String renew,
        @Nullable @Size(max = 128) String viewing) {

    /** A ping and nothing else: it counts as no message. */
    boolean isPing() {
        return ping != null && add == null && drop == null && renew == null && viewing == null;
    }

    boolean changesTopics() {
        return add != null || drop != null;
    }
}
