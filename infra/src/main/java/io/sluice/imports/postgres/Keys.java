package io.sluice.imports.postgres;

import io.sluice.postgres.Rows;
import io.sluice.postgres.Session;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/** Identities of lines, kept for ever among the keys of commands. */
final class Keys {

    /** What a repeated key is compared with: lines are the same by their identity alone. */
    static final String DIGEST = "line";

    private Keys() {}

    /** Those of the keys that are taken in one of the scopes. */
    static Mono<Set<String>> taken(Session session, Collection<String> keys, String... scopes) {
        return keys.isEmpty()
                ? Mono.just(Set.of())
                : session.all(
                                """
                                SELECT c.key FROM unnest($2::text[]) AS s (scope)
                                CROSS JOIN unnest($3::text[]) AS k (key)
                                CROSS JOIN LATERAL (
                                    SELECT key FROM command_key
                                    WHERE tenant_id = $1 AND scope = s.scope AND key = k.key LIMIT 1) c
                                """,
                                row -> Rows.text(row, "key"),
                                session.caller().tenant().value(),
                                scopes,
                                keys.toArray(String[]::new))
                        .collect(Collectors.toSet());
    }

    static Mono<Boolean> anyTaken(Session session, String scope) {
        return session.one(
                "SELECT EXISTS (SELECT FROM command_key WHERE tenant_id = $1 AND scope = $2) AS any",
                row -> Rows.truth(row, "any"),
                session.caller().tenant().value(),
                scope);
    }

    static Mono<Void> take(Session session, String scope, Collection<String> keys) {
        if (keys.isEmpty()) {
            return Mono.empty();
        }
        String[] names = keys.toArray(String[]::new);
        String[] digests = new String[names.length];
        Arrays.fill(digests, DIGEST);
        return session.update("""
                        INSERT INTO command_key (tenant_id, scope, key, digest, status, answer, position)
                        SELECT $1, $2, k.key, k.digest, 200, '{}', 0
                        FROM unnest($3::text[], $4::text[]) AS k (key, digest)
                        """, session.caller().tenant().value(), scope, names, digests)
                .then();
    }
}
