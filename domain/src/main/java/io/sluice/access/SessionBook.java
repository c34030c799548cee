package io.sluice.access;

import io.sluice.access.Credentials.Checked;
import io.sluice.access.LoginSession.Refresh;
import io.sluice.log.Actor;
import io.sluice.log.Caller;
import io.sluice.log.Ledger;
import io.sluice.shared.Ids;
import io.sluice.shared.Problem;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** Where sessions begin, go on and end, with the failures to begin one: what of {@link SignIn} is committed. */
public final class SessionBook {

    private final Accounts accounts;
    private final Sessions sessions;
    private final LoginGuards guards;
    private final Ledger ledger;
    private final Clock clock;

    public SessionBook(Accounts accounts, Sessions sessions, LoginGuards guards, Ledger ledger, Clock clock) {
        this.accounts = accounts;
        this.sessions = sessions;
        this.guards = guards;
        this.ledger = ledger;
        this.clock = clock;
    }

    /**
     * Decides under the guard's lock, so that guesses sent at the same time are counted one by one and none gets
     * through behind the tenth.
     */
    Mono<Login> login(Tenant tenant, Checked checked, Origin origin) {
        Mono<Login> work = guards.requireForChange(checked.name())
                .map(guard -> decide(tenant, checked, guard, origin, clock.instant()))
                .delayUntil(this::store);
        Mono<Login> committed = ledger.commit(work).map(done -> done.answer());
        Account account = checked.account();
        return checked.right() && account != null
                ? committed.contextWrite(
                        context -> context.put(Caller.class, actingAs(context.get(Caller.class), account.id())))
                : committed;
    }

    /** Counts a wrong password that was given outside of a login. */
    Mono<Void> wrong(Checked checked) {
        Mono<Login> work = guards.requireForChange(checked.name())
                .map(guard -> (Login) new Login.Wrong(guard.failed(clock.instant()), false, checked.account()))
                .delayUntil(this::store);
        return ledger.commit(work).then();
    }

    private static Caller actingAs(Caller caller, UUID account) {
        return new Caller(caller.tenant(), new Actor(Actor.Kind.USER, account.toString(), null), caller.cause());
    }

    private static Login decide(Tenant tenant, Checked checked, LoginGuard guard, Origin origin, Instant now) {
        Account account = checked.account();
        if (guard.isLocked(now)) {
            return new Login.Locked(guard);
        }
        if (!checked.right() || account == null) {
            return new Login.Wrong(guard.failed(now), tenant.isNowhere(), account);
        }
        return tenant.status() == TenantStatus.ACTIVE
                ? new Login.Welcome(LoginSession.start(Ids.next(), account.id(), origin, now), account)
                : new Login.Suspended();
    }

    private Mono<Void> store(Login login) {
        return switch (login) {
            case Login.Welcome(var session, var account) ->
                sessions.create(session, AccessEvents.sessionStarted(session))
                        .then(accounts.storeLogin(account.id(), session.createdAt()));
            case Login.Wrong wrong -> guards.store(wrong.guard()).then(told(wrong));
            case Login.Locked _, Login.Suspended _ -> Mono.empty();
        };
    }

    /** A tenant that does not exist has no log to tell it. */
    private Mono<Void> told(Login.Wrong wrong) {
        if (wrong.nowhere()) {
            return Mono.empty();
        }
        Account account = wrong.account();
        UUID id = account == null ? null : account.id();
        Mono<Void> failed = ledger.append(AccessEvents.sessionFailed(id, "bad-credentials"));
        return id != null && wrong.locks()
                ? failed.then(
                        ledger.append(AccessEvents.userStatusChanged(id, AccountStatus.ACTIVE, AccountStatus.LOCKED)))
                : failed;
    }

    /** A session whose refresh token was just renewed, and whose it is. */
    record Rotated(LoginSession session, Account account) {}

    /** Fails with {@code session-ended} unless the session went on. */
    Mono<Rotated> refresh(Tokens.Refresh refresh) {
        return requireActive(refresh.session())
                .flatMap(standing -> ledger.commit(rotate(refresh)).flatMap(done -> goneOn(done.answer())));
    }

    private Mono<Standing> requireActive(UUID session) {
        return sessions.findStanding(session)
                .switchIfEmpty(Mono.error(Standing::sessionEnded))
                .map(standing -> standing.requireActive(clock.instant()));
    }

    private Mono<Refresh> rotate(Tokens.Refresh refresh) {
        return sessions.findForChange(refresh.session())
                .map(session -> session.refresh(refresh.generation(), clock.instant()))
                .defaultIfEmpty(new Refresh.Gone())
                .delayUntil(this::store);
    }

    private Mono<Void> store(Refresh refresh) {
        return switch (refresh) {
            case Refresh.Rotated(var session) -> sessions.store(session);
            case Refresh.Ended(var session) -> sessions.store(session, AccessEvents.sessionEnded(session));
            case Refresh.Gone _ -> Mono.empty();
        };
    }

    private Mono<Rotated> goneOn(Refresh refresh) {
        return switch (refresh) {
            case Refresh.Rotated(var session) ->
                accounts.require(session.account()).map(account -> new Rotated(session, account));
            case Refresh.Ended _, Refresh.Gone _ -> Mono.error(Standing::sessionEnded);
        };
    }

    /** Ends the session if it is the account's own, or anybody's for an administrator; 404 for any other. */
    public Mono<LoginSession> end(Principal principal, UUID session) {
        return sessions.findForChange(session)
                .filter(it -> it.account().equals(principal.account()) || principal.may(Permission.USERS_MANAGE))
                .switchIfEmpty(Mono.error(() -> new Problem.NotFound("session", session)))
                .flatMap(it -> end(it, it.account().equals(principal.account()) ? "logout" : "revoked"));
    }

    private Mono<LoginSession> end(LoginSession session, String reason) {
        LoginSession ended = session.end(reason, clock.instant());
        return ended == session
                ? Mono.just(session)
                : sessions.store(ended, AccessEvents.sessionEnded(ended)).thenReturn(ended);
    }
}
