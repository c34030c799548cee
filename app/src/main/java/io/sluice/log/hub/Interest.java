package io.sluice.log.hub;

import io.sluice.access.Principal;
import io.sluice.log.Topic;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one stream wants: granted topics, each from a position on (a topic that came with a snapshot starts after it),
 * types, and the reader's rights. Confined to the stream's executor.
 */
final class Interest {

    private final Map<Topic, Long> granted = new HashMap<>();
    private final List<String> types;
    private final @Nullable String silentFor;
    private boolean anyWildcard;
    private Principal reader;

    /** @param silentFor the connection whose own events are left out; null: none */
    Interest(Principal reader, @Nullable List<String> types, @Nullable String silentFor) {
        this.reader = reader;
        this.types = types == null ? List.of() : List.copyOf(types);
        this.silentFor = silentFor;
    }

    void add(Topic topic, long after) {
        granted.put(topic, after);
        anyWildcard |= topic.isWildcard();
    }

    boolean drop(Topic topic) {
        return granted.remove(topic) != null;
    }

    boolean holds(Topic topic) {
        return granted.containsKey(topic);
    }

    int size() {
        return granted.size();
    }

    Collection<Topic> topics() {
        return new ArrayList<>(granted.keySet());
    }

    List<String> names() {
        return granted.keySet().stream().map(Topic::toString).sorted().toList();
    }

    Map<String, Long> positions() {
        Map<String, Long> positions = new TreeMap<>();
        granted.forEach((topic, after) -> positions.put(topic.toString(), after));
        return positions;
    }

    Principal reader() {
        return reader;
    }

    void readAs(Principal renewed) {
        reader = renewed;
    }

    boolean wants(LiveEvent event) {
        return matches(event)
                && (types.isEmpty() || isOfWantedType(event.typeName()))
                && event.isVisibleTo(reader)
                && (silentFor == null || !event.isCausedBy(silentFor));
    }

    private boolean matches(LiveEvent event) {
        List<Topic> topics = event.topics();
        for (int i = 0; i < topics.size(); i++) {
            Topic topic = topics.get(i);
            if (isGranted(topic, event.position())
                    || (anyWildcard
                            && isGranted(topic.wildcard(), event.position())
                            && io.sluice.access.TopicPolicy.mayRead(reader, topic))) {
                return true;
            }
        }
        return false;
    }

    private boolean isGranted(Topic topic, long position) {
        Long after = granted.get(topic);
        return after != null && position > after;
    }

    private boolean isOfWantedType(String name) {
        for (String type : types) {
            if (type.endsWith(".*") ? name.startsWith(type.substring(0, type.length() - 1)) : name.equals(type)) {
                return true;
            }
        }
        return false;
    }
}
