package io.sluice.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class IdsTest {

    @Test
    void areReadInFullOnly() {
        UUID id = Ids.next();

        assertThat(Ids.of(id.toString())).isEqualTo(id);
        assertThat(Ids.of(id.toString().toUpperCase(Locale.ROOT))).isEqualTo(id);
        for (String other : List.of("", "1-1-1-1-1", "0000001-00000-0000-0000-000000000000", " " + id, id + "0")) {
            assertThatIllegalArgumentException().isThrownBy(() -> Ids.of(other));
        }
    }

    @Test
    void areOfVersionSevenAndTellTheirTime() {
        long before = System.currentTimeMillis();

        UUID id = Ids.next();

        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id.getMostSignificantBits() >>> 16).isBetween(before, before + 60_000);
    }

    @Test
    void riseWithoutEnd() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            ids.add(Ids.next().toString());
        }

        assertThat(ids).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void areDifferentOnAllThreads() throws Exception {
        try (var threads = Executors.newFixedThreadPool(8)) {
            Callable<List<UUID>> some = () ->
                    java.util.stream.Stream.generate(Ids::next).limit(20_000).toList();
            Set<UUID> all = new HashSet<>();
            for (Future<List<UUID>> made : threads.invokeAll(java.util.Collections.nCopies(8, some))) {
                all.addAll(made.get());
            }

            assertThat(all).hasSize(160_000);
        }
    }
}
