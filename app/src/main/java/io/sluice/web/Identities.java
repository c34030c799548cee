package io.sluice.web;

import io.sluice.access.Principal;
import reactor.core.publisher.Mono;

/** Who stands behind an access token, with the rights of now. */
@FunctionalInterface
public interface Identities {

    /** The principal, or the problem {@code Unauthenticated}. */
    Mono<Principal> require(String accessToken);
}
