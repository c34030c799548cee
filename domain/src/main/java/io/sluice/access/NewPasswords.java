package io.sluice.access;

import reactor.core.publisher.Mono;

/** Passwords that somebody wants to have from now on: checked by the policy, then hashed. */
public final class NewPasswords {

    private final PasswordPolicy policy;
    private final Passwords passwords;

    public NewPasswords(PasswordPolicy policy, Passwords passwords) {
        this.policy = policy;
        this.passwords = passwords;
    }

    /** @param field the one that the problem names when the policy refuses */
    Mono<PasswordHash> hash(String field, String password, String username, Profile profile) {
        return Mono.fromRunnable(() -> policy.require(field, password, username, profile))
                .then(Mono.defer(() -> passwords.hash(password)));
    }
}
