package io.sluice.web;

import io.sluice.access.Principal;
import reactor.core.publisher.Mono;

/** Who stands behind an access token, with the rights of now. */
public interface Identities {

    /** The principal, or the problem {@code Unauthenticated}. */
    Mono<Principal> require(String accessToken);

    /** The same principal with its present rights; {@code Unauthenticated} when its session or account has ended. */
    Mono<Principal> renew(Principal principal);
}
