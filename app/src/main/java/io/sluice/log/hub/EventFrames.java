package io.sluice.log.hub;

import io.sluice.access.Principal;
import io.sluice.log.EventTypes;
import io.sluice.log.Recorded;
import java.nio.charset.StandardCharsets;
import org.springframework.stereotype.Component;

/** Events as a reader may see them, outside of streams. */
@Component
public final class EventFrames {

    private final EventTypes types;

    EventFrames(EventTypes types) {
        this.types = types;
    }

    /** As a stream's rules say, with a topic of the event that the reader may read standing for the one asked for. */
    public boolean isVisible(Recorded event, Principal reader) {
        LiveEvent live = LiveEvent.of(event, types);
        return live.isVisibleTo(reader)
                && live.topics().stream().anyMatch(topic -> io.sluice.access.TopicPolicy.mayRead(reader, topic));
    }

    public String json(Recorded event, Principal reader) {
        return new String(LiveEvent.of(event, types).frameFor(reader), StandardCharsets.UTF_8);
    }
}
