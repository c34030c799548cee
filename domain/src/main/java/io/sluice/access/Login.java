package io.sluice.access;

import org.jspecify.annotations.Nullable;

/** How a login ends. Those refused are stored, too: they count. */
sealed interface Login {

    record Welcome(LoginSession session, Account account) implements Login {}

    /** @param account whose name was tried; null when nobody has it */
    record Wrong(
            LoginGuard guard, boolean nowhere, @Nullable Account account) implements Login {

        boolean locks() {
            return account != null && account.status() == AccountStatus.ACTIVE && guard.lockedUntil() != null;
        }
    }

    record Locked(LoginGuard guard) implements Login {}

    record Suspended() implements Login {}
}
