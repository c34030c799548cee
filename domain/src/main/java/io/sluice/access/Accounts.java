package io.sluice.access;

import io.sluice.log.Event;
import io.sluice.shared.Problem;
import java.time.Instant;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The accounts of the caller's tenant. Those that store need a unit of work. A username or e-mail that is taken fails
 * with {@code duplicate}, a location that does not exist with {@code unknown-location}.
 */
public interface Accounts {

    Mono<Account> find(UUID id);

    /** By name, whatever its case. */
    Mono<Account> findByUsername(String username);

    default Mono<Account> require(UUID id) {
        return find(id).switchIfEmpty(Mono.error(() -> new Problem.NotFound("user", id)));
    }

    /** As {@link #require}, and nobody else changes it before the unit of work ends. */
    Mono<Account> requireForChange(UUID id);

    /** In the order of their names, at most as many as the query's limit. */
    Flux<Account> list(AccountQuery query);

    /** How many fit the query, whatever its limit and place. */
    Mono<Long> count(AccountQuery query);

    /** How many others administer the tenant for good; nobody else changes that before the unit of work ends. */
    Mono<Long> countOtherAdmins(UUID account, Instant now);

    Mono<Void> create(Account account, Event event);

    /** Profile, status and password. */
    Mono<Void> store(Account account, Event event);

    Mono<Void> storeGrants(Account account, Event event);

    Mono<Void> storeLogin(UUID account, Instant at);
}
