package io.sluice.log.hub;

import io.sluice.access.Principal;
import io.sluice.shared.Ids;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One client's connection, with the streams that it carries. */
public final class StreamConnection {

    private final String id = Ids.next().toString();
    private final String transport;
    private final String address;
    private final Instant openedAt = Instant.now();
    private final Set<Cursor> cursors = ConcurrentHashMap.newKeySet();
    private volatile Principal principal;
    private volatile @Nullable Farewell farewell;
    private volatile Runnable closing = () -> {};

    /** Why all of the connection's streams ended. */
    record Farewell(String reason, long retryAfterMillis) {}

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

    @Nullable
    Farewell farewell() {
        return farewell;
    }

    /** What closes the client's connection itself. */
    public void closeBy(Runnable close) {
        closing = close;
    }

    void close() {
        closing.run();
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
        continueAs(renewed, null, null);
    }

    /** @param asked the stream that asked for it, answered with the {@code ref} */
    void continueAs(Principal renewed, @Nullable Cursor asked, @Nullable String ref) {
        principal = renewed;
        farewell = null;
        cursors.forEach(cursor -> cursor.continueAs(renewed, cursor == asked ? ref : null));
    }

    /** Wakes the streams, when the connection can be written to again. */
    public void wake() {
        cursors.forEach(Cursor::drainSoon);
    }

    /** Ends all streams with a reason. */
    public void bye(String reason, long retryAfterMillis) {
        farewell = new Farewell(reason, retryAfterMillis);
        cursors.forEach(cursor -> cursor.bye(reason, retryAfterMillis));
    }
}
