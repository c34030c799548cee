package io.sluice.log;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The declared types by name; a name that is declared twice is an error at start. */
public final class EventTypes {

    private final Map<String, EventType> byName;

    public EventTypes(Collection<List<EventType>> declared) {
        this.byName = declared.stream()
                .flatMap(List::stream)
                .collect(Collectors.toUnmodifiableMap(EventType::name, Function.identity()));
    }

    public @Nullable EventType find(String name) {
        return byName.get(name);
    }

    public Collection<EventType> all() {
        return byName.values();
    }
}
