package io.sluice.notifications;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The inboxes of the caller's tenant. */
public interface Notifications {

    /** Newest first, before one of them. */
    Flux<Notification> list(UUID account, boolean unreadOnly, @Nullable UUID before, int limit);

    Mono<Long> unread(UUID account);

    /** Marks one as read (404 when it is not the account's), or all up to a moment; needs a unit of work. */
    Mono<Void> read(UUID account, UUID id, Instant now);

    Mono<Void> readAll(UUID account, Instant until, Instant now);
}
