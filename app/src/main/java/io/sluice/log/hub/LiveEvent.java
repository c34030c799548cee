package io.sluice.log.hub;

import io.sluice.access.Permission;
import io.sluice.access.Principal;
import io.sluice.access.TopicPolicy;
import io.sluice.log.CanonicalJson;
import io.sluice.log.EventType;
import io.sluice.log.EventTypes;
import io.sluice.log.Recorded;
import io.sluice.log.Topic;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An event as the ring keeps it: encoded once, with what is needed to decide who gets it. */
final class LiveEvent {

    private static final String CONNECTION = "\"connectionId\":\"";

    private final Recorded event;
    private final @Nullable EventType type;
    private final List<Topic> topics;
    private final List<UUID> locations = new ArrayList<>(1);
    private final boolean discreet;
    private final byte[] frame;

    private LiveEvent(Recorded event, @Nullable EventType type, List<Topic> topics) {
        this.event = event;
        this.type = type;
        this.topics = topics;
        boolean hides = false;
        for (Topic topic : topics) {
            hides |= TopicPolicy.isDiscreet(topic.kind());
            if (topic.kind() == Topic.Kind.LOCATION) {
                locations.add(topic.uuid());
            }
        }
        this.discreet = hides;
        this.frame = encode(event, event.topics());
    }

    static LiveEvent of(Recorded event, EventTypes types) {
        List<Topic> topics = new ArrayList<>(event.topics().size());
        for (String text : event.topics()) {
            Topic.parse(text).ifPresent(topics::add);
        }
        return new LiveEvent(event, types.find(event.type()), topics);
    }

    long position() {
        return event.position();
    }

    String typeName() {
        return event.type();
    }

    String subject() {
        return event.subject();
    }

    List<Topic> topics() {
        return topics;
    }

    boolean isStateCarrying() {
        return type != null && type.stateCarrying();
    }

    int bytes() {
        return frame.length + 256;
    }

    /** True when the stream's own connection caused it. */
    boolean isCausedBy(String connectionId) {
        int at = event.cause().indexOf(CONNECTION);
        return at >= 0 && event.cause().startsWith(connectionId, at + CONNECTION.length());
    }

    /** Whether the reader holds the type's read permission, and its scope covers one of the event's locations. */
    boolean isVisibleTo(Principal reader) {
        Permission right = type == null ? null : (Permission) type.readBy();
        if (type == null || (right != null && !reader.may(right))) {
            return false;
        }
        if (locations.isEmpty()) {
            return true;
        }
        Permission scoped = right == null ? Permission.STOCK_READ : right;
        for (UUID location : locations) {
            if (reader.may(scoped, location)) {
                return true;
            }
        }
        return false;
    }

    /** The event frame as this reader may see it: the shared bytes, unless a topic has to be left out. */
    byte[] frameFor(Principal reader) {
        if (!discreet) {
            return frame;
        }
        List<String> shown = topics.stream()
                .filter(topic -> TopicPolicy.shows(reader, topic))
                .map(Topic::toString)
                .toList();
        return shown.size() == topics.size() ? frame : encode(event, shown);
    }

    /** JSON of one event frame. */
    static byte[] encode(Recorded event, List<String> topics) {
        StringBuilder out = new StringBuilder(384 + event.payload().length());
        out.append("{\"frame\":\"event\",\"position\":").append(event.position());
        out.append(",\"id\":\"").append(event.id());
        out.append("\",\"type\":\"").append(event.type());
        out.append("\",\"version\":").append(event.version());
        out.append(",\"at\":\"").append(event.at());
        out.append("\",\"topics\":");
        CanonicalJson.write(out, topics);
        out.append(",\"subject\":");
        CanonicalJson.quote(out, event.subject());
        out.append(",\"actor\":").append(event.actor());
        out.append(",\"payload\":").append(event.payload());
        return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
    }
}
