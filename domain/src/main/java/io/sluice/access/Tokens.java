package io.sluice.access;

import io.sluice.shared.TenantId;
import java.time.Instant;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** Makes tokens and reads those that were made here; every other one is the problem {@code Unauthenticated}. */
public interface Tokens {

    /** Whom an access token names, and how long. */
    record Access(TenantId tenant, UUID account, UUID session, Instant issuedAt, Instant expiresAt) {}

    /** Stands for an access token once. */
    record Ticket(UUID id, Access access, Instant expiresAt) {}

    /** Which use of which session a refresh token is. */
    record Refresh(TenantId tenant, UUID session, int generation) {}

    Mono<String> sign(Access access);

    /** {@code unauthenticated} when forged, unsigned or for somebody else; {@code token-expired} when too old. */
    Mono<Access> verify(String accessToken);

    Mono<String> sign(Ticket ticket);

    /** As {@link #verify}; an access token is no ticket, nor the other way round. */
    Mono<Ticket> verifyTicket(String ticket);

    Mono<String> seal(Refresh refresh);

    Mono<Refresh> open(String refreshToken);
}
