package io.sluice.log.hub;

import io.sluice.access.Principal;
import io.sluice.shared.Ids;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** One client's connection, with the streams that it carries. */
public final class StreamConnection {

    private final String id = Ids.next().toString();
    private final String transport;
    private final String address;
    private final Instant openedAt = Instant.now();
    private final Set<Cursor> cursors = ConcurrentHashMap.newKeySet();
    private volatile Principal principal;

    StreamConnection(Principal principal, String transport, String address) {
        this.principal = principal;
        this.transport = transport;
        this.address = address;
    }

    public String id() {
        return id;
    }

    public Principal principal() {
        return principal;
    }

    public String transport() {
        return transport;
    }

    public String address() {
        return address;
    }

    public Instant openedAt() {
        return openedAt;
    }

    int streams() {
        return cursors.size();
    }

    void carry(Cursor cursor) {
        cursors.add(cursor);
    }

    void leave(Cursor cursor) {
        cursors.remove(cursor);
    }

    Set<Cursor> cursors() {
        return cursors;
    }

    /** Goes on with other rights or a longer life. */
    public void continueAs(Principal renewed) {
        principal = renewed;
        cursors.forEach(cursor -> cursor.continueAs(renewed));
    }

    /** Wakes the streams, when the connection can be written to again. */
    public void wake() {
        cursors.forEach(Cursor::drainSoon);
    }

    /** Ends all streams with a reason. */
    public void bye(String reason, long retryAfterMillis) {
        cursors.forEach(cursor -> cursor.bye(reason, retryAfterMillis));
    }
}
