package io.sluice.access;

import io.sluice.shared.Problem;
import java.time.Clock;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Compares a name and a password with what is known, in like time whether the name exists or not. */
public final class Credentials {

    private final Accounts accounts;
    private final LoginGuards guards;
    private final Passwords passwords;
    private final Clock clock;

    public Credentials(Accounts accounts, LoginGuards guards, Passwords passwords, Clock clock) {
        this.accounts = accounts;
        this.guards = guards;
        this.passwords = passwords;
        this.clock = clock;
    }

    /** The account that has the name, if any, and whether the password is its own and it may act. */
    record Checked(String name, @Nullable Account account, boolean right) {}

    private record Found(
            @Nullable Account account, @Nullable PasswordHash hash) {

        static final Found NOBODY = new Found(null, null);

        static Found of(Account account) {
            return new Found(account, account.password());
        }

        Checked checked(String name, boolean matches) {
            boolean right = matches && account != null && account.status().mayAct();
            return new Checked(name, account, right);
        }
    }

    /**
     * Fails with {@code locked} while the name is; counts nothing.
     *
     * @param name by which failures are counted
     */
    Mono<Checked> check(String name, String username, String password) {
        return guards.require(name)
                .doOnNext(this::requireUnlocked)
                .then(accounts.findByUsername(username).map(Found::of).defaultIfEmpty(Found.NOBODY))
                .flatMap(found -> compare(name, found, password));
    }

    private Mono<Checked> compare(String name, Found found, String password) {
        return passwords.matches(password, found.hash()).map(matches -> found.checked(name, matches));
    }

    private void requireUnlocked(LoginGuard guard) {
        if (guard.isLocked(clock.instant())) {
            throw locked(guard);
        }
    }

    Problem locked(LoginGuard guard) {
        return new Problem.TooMany(
                "locked", "too many failed logins, try again later", guard.remaining(clock.instant()));
    }

    static Problem bad() {
        return new Problem.Unauthenticated("bad-credentials", "tenant, name or password is wrong");
    }

    static String nameOf(String username) {
        return username.toLowerCase(Locale.ROOT);
    }
}
