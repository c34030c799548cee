package io.sluice.load;

import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a subscriber asks for.
 *
 * @param after the position to begin after, -1 for now
 * @param more further fields of the request, as JSON without braces
 */
record Wish(URI server, String token, List<String> topics, int credit, int batch, long after, String more) {

    static Wish of(URI server, Options options) {
        return new Wish(
                server,
                "",
                options.list("topics", "stock"),
                options.number("credit", 1024),
                options.number("batch", 1),
                -1,
                options.text("more", "\"implicit\":false"));
    }

    Wish with(String otherToken, long position) {
        return new Wish(server, otherToken, topics, credit, batch, position, more);
    }

    /** Of one who takes what opens the stream and asks for nothing more. */
    Wish askingOnce() {
        return new Wish(server, token, topics, StreamLink.ONCE, batch, after, more);
    }

    StreamLink.Request from(long position) {
        var json = new StringBuilder("{\"topics\":[")
                .append(topics.stream().map(topic -> '"' + topic + '"').collect(Collectors.joining(",")))
                .append(']');
        if (position >= 0) {
            json.append(",\"after\":").append(position);
        }
        if (batch > 1) {
            json.append(",\"batch\":").append(batch);
        }
        if (!more.isEmpty()) {
            json.append(',').append(more);
        }
        return new StreamLink.Request(server, token, json.append('}').toString(), credit);
    }
}
