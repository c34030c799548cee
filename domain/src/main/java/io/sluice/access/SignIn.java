package io.sluice.access;

import io.sluice.log.Actor;
import io.sluice.log.Caller;
import io.sluice.shared.Problem;
import io.sluice.shared.TenantId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * Login and refresh. A wrong password, an unknown user and an unknown tenant get the same answer in like time; a name
 * that failed too often is locked whether it exists or not.
 */
public final class SignIn {

    public static final Duration ACCESS_LIFE = Duration.ofMinutes(15);

    private final Tenants tenants;
    private final Credentials credentials;
    private final SessionBook book;
    private final Tokens tokens;
    private final AddressGuard addresses;
    private final Clock clock;

    public SignIn(
            Tenants tenants,
            Credentials credentials,
            SessionBook book,
            Tokens tokens,
            AddressGuard addresses,
            Clock clock) {
        this.tenants = tenants;
        this.credentials = credentials;
        this.book = book;
        this.tokens = tokens;
        this.addresses = addresses;
        this.clock = clock;
    }

    /** Somebody says who he is. */
    public record Attempt(String tenant, String username, String password, Origin origin) {

        @Override
        public String toString() {
            return "Attempt[" + tenant + "]";
        }
    }

    public Mono<SignedIn> login(Attempt attempt) {
        String address = attempt.origin().address();
        return Mono.fromRunnable(() -> addresses.require(address))
                .then(tenants.findBySlug(attempt.tenant()).defaultIfEmpty(Tenant.NOWHERE))
                .flatMap(tenant -> login(tenant, attempt))
                .doOnError(SignIn::isFailure, _ -> addresses.failed(address));
    }

    private static boolean isFailure(Throwable error) {
        return error instanceof Problem problem
                && (problem.code().equals("bad-credentials") || problem.code().equals("locked"));
    }

    private Mono<SignedIn> login(Tenant tenant, Attempt attempt) {
        String name = Credentials.nameOf(attempt.username());
        String counted = tenant.isNowhere() ? attempt.tenant() + "/" + name : name;
        return credentials
                .check(counted, name, attempt.password())
                .flatMap(checked -> book.login(tenant, checked, attempt.origin()))
                .flatMap(login -> answer(tenant.id(), login))
                .contextWrite(context -> of(context, tenant.id(), attempt.origin()));
    }

    private Mono<SignedIn> answer(TenantId tenant, Login login) {
        return switch (login) {
            case Login.Welcome(var session, var account) -> issue(tenant, session, account);
            case Login.Wrong _ -> Mono.error(Credentials::bad);
            case Login.Locked(var guard) -> Mono.error(() -> credentials.locked(guard));
            case Login.Suspended _ ->
                Mono.error(() -> new Problem.Forbidden("tenant-suspended", "the tenant is suspended"));
        };
    }

    /** New tokens for a refresh token, which is spent by that; one that was spent before ends the session. */
    public Mono<SignedIn> refresh(String refreshToken, Origin origin) {
        return tokens.open(refreshToken).flatMap(refresh -> refresh(refresh, origin));
    }

    private Mono<SignedIn> refresh(Tokens.Refresh refresh, Origin origin) {
        return book.refresh(refresh)
                .flatMap(rotated -> issue(refresh.tenant(), rotated.session(), rotated.account()))
                .contextWrite(context -> of(context, refresh.tenant(), origin));
    }

    private Mono<SignedIn> issue(TenantId tenant, LoginSession session, Account account) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS); // as precise as the token's own times
        Instant end = now.plus(ACCESS_LIFE);
        Instant expiresAt = session.expiresAt().isBefore(end) ? session.expiresAt() : end;
        return Mono.zip(
                        tokens.sign(new Tokens.Access(tenant, account.id(), session.id(), now, expiresAt)),
                        tokens.seal(new Tokens.Refresh(tenant, session.id(), session.generation())))
                .map(pair -> new SignedIn(pair.getT1(), pair.getT2(), expiresAt, account));
    }

    private static Context of(Context context, TenantId tenant, Origin origin) {
        return context.put(Caller.class, new Caller(tenant, Actor.SYSTEM, origin.cause()));
    }
}
