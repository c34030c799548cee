package io.sluice.access;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Hashes passwords, slowly and on threads of their own. Fails with {@code overloaded} when too many wait for that.
 */
public interface Passwords {

    Mono<PasswordHash> hash(String password);

    /** Whether it is the password; takes as long without a hash to compare with. */
    Mono<Boolean> matches(String password, @Nullable PasswordHash hash);
}
