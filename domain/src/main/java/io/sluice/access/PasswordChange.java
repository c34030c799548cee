package io.sluice.access;

import java.time.Clock;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A user changes his own password: all his other sessions end. Wrong guesses count like failed logins. */
public final class PasswordChange {

    private final Accounts accounts;
    private final Sessions sessions;
    private final Credentials credentials;
    private final SessionBook book;
    private final NewPasswords passwords;
    private final Clock clock;

    public PasswordChange(
            Accounts accounts,
            Sessions sessions,
            Credentials credentials,
            SessionBook book,
            NewPasswords passwords,
            Clock clock) {
        this.accounts = accounts;
        this.sessions = sessions;
        this.credentials = credentials;
        this.book = book;
        this.passwords = passwords;
        this.clock = clock;
    }

    /** The slow part, before any transaction: the old password is compared, the new one checked and hashed. */
    public Mono<PasswordHash> prepare(Principal principal, String current, String next) {
        String name = Credentials.nameOf(principal.username());
        return credentials
                .check(name, name, current)
                .flatMap(checked -> checked.right()
                        ? accounts.require(principal.account())
                        : book.wrong(checked).then(Mono.error(Credentials::bad)))
                .flatMap(account -> passwords.hash("newPassword", next, account.username(), account.profile()));
    }

    /** Needs a unit of work. */
    public Mono<Account> change(UUID account, @Nullable UUID session, PasswordHash hash) {
        return accounts.requireForChange(account)
                .map(before -> before.secured(hash))
                .delayUntil(after -> accounts.store(after, AccessEvents.passwordChanged(account)))
                .delayUntil(_ -> sessions.endAll(account, session, "password-changed", clock.instant()));
    }
}
