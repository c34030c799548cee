package io.sluice.inventory.postgres;

import static io.sluice.postgres.Rows.truth;

import io.sluice.postgres.Session;
import reactor.core.publisher.Mono;

/** One writer at a time for each tree of a tenant: two moves that are right alone may make a ring together. */
final class Trees {

    private Trees() {}

    static Mono<Void> await(Session session, String tree) {
        return session.one(
                        "SELECT pg_advisory_xact_lock(hashtext($1), hashtext($2)) IS NOT NULL AS held",
                        row -> truth(row, "held"),
                        tree,
                        session.caller().tenant().toString())
                .then();
    }
}
