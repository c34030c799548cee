package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventTest {

    private static final EventType CHANGED = EventType.of("thing.changed", null, "name", "metadata");

    @Test
    void takesDeclaredFieldsOnly() {
        assertThatThrownBy(() -> Event.of(CHANGED, "thing:1", List.of(Topic.STOCK), Map.of("other", 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("other");
    }

    @Test
    void leavesMetadataWhereItIs() {
        Event event = Event.of(CHANGED, "thing:1", List.of(Topic.STOCK), Map.of("metadata", Map.of("name", "mine")));

        assertThat(event.payload().keySet()).hasToString("[metadata]");
    }

    @Test
    void refusesATypeThatIsDeclaredTwice() {
        assertThatThrownBy(() -> new EventTypes(List.of(List.of(CHANGED), List.of(CHANGED))))
                .isInstanceOf(IllegalStateException.class);
    }
}
