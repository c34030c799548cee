package io.sluice.access;

import io.sluice.log.Event;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The sessions of the caller's tenant. Those that store need a unit of work. */
public interface Sessions {

    Mono<LoginSession> find(UUID id);

    /** As {@link #find}, and nobody else changes it before the unit of work ends. */
    Mono<LoginSession> findForChange(UUID id);

    /** Those of the account that are open, newest first, at most 200. */
    Flux<LoginSession> list(UUID account, Instant now);

    /** Empty when the session is unknown in this tenant. */
    Mono<Standing> findStanding(UUID session);

    Mono<Void> create(LoginSession session, Event event);

    Mono<Void> store(LoginSession session);

    Mono<Void> store(LoginSession session, Event event);

    /** Ends all open sessions of the account but one, each with its event. */
    Mono<Void> endAll(UUID account, @Nullable UUID but, String reason, Instant now);
}
