package io.sluice.web;

import io.sluice.access.Principal;
import io.sluice.access.Tokens;
import reactor.core.publisher.Mono;

/** Who stands behind an access token, with the rights of now. */
public interface Identities {

    /** The principal, or the problem {@code Unauthenticated}. Answers at once for a token that was seen lately. */
    Mono<Principal> require(String accessToken);

    /** As {@link #require(String)}, for what was verified already. */
    Mono<Principal> require(Tokens.Access access);

    /**
     * The principal with its present rights: the same instance while nothing changed, or the problem
     * {@code Unauthenticated} once its token expired, its session ended, or its user or tenant may not act. Answers at
     * once in general, so that an open stream can ask for every event that touches rights, and each second besides.
     */
    Mono<Principal> renew(Principal principal);
}
