package io.sluice.notifications;

import io.sluice.log.Event;
import io.sluice.log.EventType;
import io.sluice.log.Topic;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The events of notifications travel to their person alone. */
public final class NotificationEvents {

    public static final EventType CREATED = EventType.of(
            "notification.created", null, "notificationId", "type", "severity", "title", "message", "data", "subject");
    public static final EventType READ = EventType.of("notification.read", null, "notificationIds");

    public static final List<EventType> ALL = List.of(CREATED, READ);

    private NotificationEvents() {}

    public static Event created(Notification it) {
        return Event.of(
                CREATED,
                "notification:" + it.id(),
                List.of(Topic.user(it.account().toString())),
                Map.of(
                        "notificationId", it.id(),
                        "type", it.type(),
                        "severity", it.severity(),
                        "title", it.title(),
                        "message", it.message(),
                        "data", it.data(),
                        "subject", it.subject()));
    }

    public static Event read(UUID account, List<UUID> ids) {
        return Event.of(
                READ, "user:" + account, List.of(Topic.user(account.toString())), Map.of("notificationIds", ids));
    }
}
