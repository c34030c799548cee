package io.sluice.access;

import io.sluice.log.Event;
import io.sluice.log.EventType;
import io.sluice.log.Topic;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The facts of identity. They need no permission of their own: their topics are the user himself and {@code system},
 * which only those who run things may read. Names and addresses of people never stand in them.
 */
public final class AccessEvents {

    public static final EventType SESSION_STARTED =
            EventType.of("session.started", null, "accountId", "sessionId", "kind");
    public static final EventType SESSION_ENDED =
            EventType.of("session.ended", null, "accountId", "sessionId", "kind", "reason");
    public static final EventType SESSION_FAILED = EventType.of("session.failed", null, "accountId", "kind", "reason");
    public static final EventType USER_CREATED = EventType.of("user.created", null, "accountId", "status", "grants");
    public static final EventType USER_UPDATED = EventType.of("user.updated", null, "accountId", "fields");
    public static final EventType USER_STATUS_CHANGED =
            EventType.of("user.status.changed", null, "accountId", "from", "to");
    public static final EventType GRANTS_CHANGED = EventType.of("grants.changed", null, "accountId", "before", "after");
    public static final EventType PASSWORD_CHANGED = EventType.of("password.changed", null, "accountId");
    public static final EventType TENANT_CREATED = EventType.of("tenant.created", null, "status");
    public static final EventType TENANT_STATUS_CHANGED = EventType.of("tenant.status.changed", null, "from", "to");

    public static final List<EventType> ALL = List.of(
            SESSION_STARTED,
            SESSION_ENDED,
            SESSION_FAILED,
            USER_CREATED,
            USER_UPDATED,
            USER_STATUS_CHANGED,
            GRANTS_CHANGED,
            PASSWORD_CHANGED,
            TENANT_CREATED,
            TENANT_STATUS_CHANGED);

    private AccessEvents() {}

    public static Event sessionStarted(LoginSession session) {
        return ofSession(SESSION_STARTED, session, Map.of());
    }

    public static Event sessionEnded(LoginSession session) {
        return sessionEnded(session, session.endReason() == null ? "ended" : session.endReason());
    }

    public static Event sessionEnded(LoginSession session, String reason) {
        return ofSession(SESSION_ENDED, session, Map.of("reason", reason));
    }

    private static Event ofSession(EventType type, LoginSession session, Map<String, String> more) {
        var payload = new TreeMap<String, Object>(more);
        payload.put("accountId", session.account());
        payload.put("sessionId", session.id());
        payload.put("kind", session.kind());
        return Event.of(type, "session:" + session.id(), topicsOf(session.account()), payload);
    }

    /** @param account null when nobody has the name that was tried */
    static Event sessionFailed(@Nullable UUID account, String reason) {
        Map<String, Object> payload = Map.of("kind", LoginSession.Kind.PASSWORD, "reason", reason);
        if (account == null) {
            return Event.of(SESSION_FAILED, "user:unknown", List.of(Topic.SYSTEM), payload);
        }
        var known = new TreeMap<>(payload);
        known.put("accountId", account);
        return ofUser(SESSION_FAILED, account, known);
    }

    static Event userCreated(Account account) {
        return ofUser(
                USER_CREATED,
                account.id(),
                Map.of("accountId", account.id(), "status", account.status(), "grants", written(account.grants())));
    }

    static Event userUpdated(Account account, List<String> fields) {
        return ofUser(USER_UPDATED, account.id(), Map.of("accountId", account.id(), "fields", fields));
    }

    static Event userStatusChanged(UUID account, AccountStatus from, AccountStatus to) {
        return ofUser(USER_STATUS_CHANGED, account, Map.of("accountId", account, "from", from, "to", to));
    }

    static Event grantsChanged(Account before, Account after) {
        return ofUser(
                GRANTS_CHANGED,
                after.id(),
                Map.of(
                        "accountId", after.id(),
                        "before", written(before.grants()),
                        "after", written(after.grants())));
    }

    static Event passwordChanged(UUID account) {
        return ofUser(PASSWORD_CHANGED, account, Map.of("accountId", account));
    }

    static Event tenantCreated(Tenant tenant) {
        return Event.of(
                TENANT_CREATED, "tenant:" + tenant.id(), List.of(Topic.TENANT), Map.of("status", tenant.status()));
    }

    static Event tenantStatusChanged(Tenant before, Tenant after) {
        return Event.of(
                TENANT_STATUS_CHANGED,
                "tenant:" + after.id(),
                List.of(Topic.TENANT),
                Map.of("from", before.status(), "to", after.status()));
    }

    private static Event ofUser(EventType type, UUID account, Map<String, ?> payload) {
        return Event.of(type, "user:" + account, topicsOf(account), payload);
    }

    private static List<Topic> topicsOf(UUID account) {
        return List.of(Topic.user(account.toString()), Topic.SYSTEM);
    }

    private static List<Map<String, Object>> written(List<Grant> grants) {
        return grants.stream().map(Grants::toFields).toList();
    }
}
