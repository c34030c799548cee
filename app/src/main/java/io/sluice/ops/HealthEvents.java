package io.sluice.ops;

import io.sluice.access.Permission;
import io.sluice.log.Event;
import io.sluice.log.EventType;
import io.sluice.log.Topic;
import java.util.List;
import java.util.Map;

/** What is told of a node's health. */
public final class HealthEvents {

    static final EventType CHANGED =
            EventType.of("system.health.changed", Permission.OPS_READ, "node", "status", "components");
    public static final List<EventType> ALL = List.of(CHANGED);

    private HealthEvents() {}

    static Event changed(String node, HealthHttp.States states) {
        HealthHttp.Components parts = states.components();
        return Event.of(
                CHANGED,
                "node:" + node,
                List.of(Topic.SYSTEM),
                Map.of(
                        "node", node,
                        "status", states.status().name(),
                        "components",
                                Map.of(
                                        "database", parts.database().name(),
                                        "redis", parts.redis().name(),
                                        "log", parts.log().name(),
                                        "streams", parts.streams().name())));
    }
}
