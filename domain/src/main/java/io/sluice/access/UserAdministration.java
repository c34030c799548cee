package io.sluice.access;

import io.sluice.shared.Ids;
import io.sluice.shared.Problem;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Users of the caller's tenant: made, described, disabled, enabled, unlocked, granted. Everything but
 * {@link #prepare} needs a unit of work. Nothing takes away the tenant's last administrator ({@code last-admin}).
 */
public final class UserAdministration {

    private final Accounts accounts;
    private final Sessions sessions;
    private final LoginGuards guards;
    private final NewPasswords passwords;
    private final Tenants tenants;
    private final Clock clock;

    public UserAdministration(
            Accounts accounts,
            Sessions sessions,
            LoginGuards guards,
            NewPasswords passwords,
            Tenants tenants,
            Clock clock) {
        this.accounts = accounts;
        this.sessions = sessions;
        this.guards = guards;
        this.passwords = passwords;
        this.tenants = tenants;
        this.clock = clock;
    }

    /** Whom to make; without a password he is invited only. */
    public record NewUser(
            String username, Profile profile, @Nullable String password, List<Grant> grants) {

        @Override
        public String toString() {
            return "NewUser[hidden]";
        }
    }

    /** A new user whose password is hashed: the slow part, before any transaction. */
    public record Prepared(NewUser user, @Nullable PasswordHash hash) {}

    public Mono<Prepared> prepare(NewUser user) {
        String password = user.password();
        return password == null
                ? Mono.just(new Prepared(user, null))
                : passwords
                        .hash("password", password, user.username(), user.profile())
                        .map(hash -> new Prepared(user, hash));
    }

    public Mono<Account> create(Prepared prepared) {
        NewUser user = prepared.user();
        return tenants.requireOwn()
                .map(tenant -> Grants.requireSound(user.grants(), tenant.isPlatform()))
                .map(grants -> Account.create(
                        Ids.next(), user.username(), user.profile(), prepared.hash(), grants, clock.instant()))
                .delayUntil(account -> accounts.create(account, AccessEvents.userCreated(account)));
    }

    public Mono<Account> describe(UUID id, long version, UnaryOperator<Profile> change) {
        return accounts.requireForChange(id)
                .map(account -> account.at(version))
                .flatMap(account -> storeProfile(account, account.described(change.apply(account.profile()))));
    }

    private Mono<Account> storeProfile(Account before, Account after) {
        return before == after
                ? Mono.just(before)
                : accounts.store(after, AccessEvents.userUpdated(after, after.differences(before)))
                        .thenReturn(after);
    }

    /** The user may not act any more; his sessions end. */
    public Mono<Account> disable(UUID id) {
        return accounts.requireForChange(id)
                .flatMap(account -> keepAdmin(account, account.moved(AccountStatus.ACTIVE, AccountStatus.DISABLED)))
                .flatMap(this::store)
                .delayUntil(account -> sessions.endAll(id, null, "user-disabled", clock.instant()));
    }

    public Mono<Account> enable(UUID id) {
        return accounts.requireForChange(id)
                .map(account -> new Move(account, account.moved(AccountStatus.DISABLED, AccountStatus.ACTIVE)))
                .flatMap(this::store);
    }

    /** Forgives the failures that locked the user's name. */
    public Mono<Account> unlock(UUID id) {
        return accounts.requireForChange(id)
                .map(account -> new Move(account, account.moved(AccountStatus.LOCKED, AccountStatus.ACTIVE)))
                .delayUntil(move -> guards.store(
                        LoginGuard.clean(Credentials.nameOf(move.after().username()))))
                .flatMap(this::store);
    }

    private record Move(Account before, Account after) {

        boolean isNone() {
            return before == after;
        }
    }

    private Mono<Account> store(Move move) {
        Account after = move.after();
        return move.isNone()
                ? Mono.just(after)
                : accounts.store(
                                after,
                                AccessEvents.userStatusChanged(
                                        after.id(), move.before().status(), after.status()))
                        .thenReturn(after);
    }

    /** Replaces all grants of the user. */
    public Mono<Account> grant(UUID id, long version, List<Grant> grants) {
        return Mono.zip(accounts.requireForChange(id), sound(grants))
                .map(both -> new Move(both.getT1(), both.getT1().at(version).granted(both.getT2())))
                .flatMap(move -> keepAdmin(move.before(), move.after()))
                .flatMap(this::storeGrants);
    }

    private Mono<List<Grant>> sound(List<Grant> grants) {
        return tenants.requireOwn().map(tenant -> Grants.requireSound(grants, tenant.isPlatform()));
    }

    private Mono<Account> storeGrants(Move move) {
        Account after = move.after();
        return move.isNone()
                ? Mono.just(after)
                : accounts.storeGrants(after, AccessEvents.grantsChanged(move.before(), after))
                        .thenReturn(after);
    }

    private Mono<Move> keepAdmin(Account before, Account after) {
        Instant now = clock.instant();
        Move move = new Move(before, after);
        if (!before.isLastingAdmin(now) || after.isLastingAdmin(now)) {
            return Mono.just(move);
        }
        return accounts.countOtherAdmins(before.id(), now)
                .filter(others -> others > 0)
                .switchIfEmpty(Mono.error(
                        () -> new Problem.Conflict("last-admin", "a tenant keeps at least one administrator")))
                .thenReturn(move);
    }
}
