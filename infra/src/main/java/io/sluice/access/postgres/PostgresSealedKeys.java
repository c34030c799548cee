package io.sluice.access.postgres;

import io.r2dbc.spi.Readable;
import io.sluice.access.SealedKey;
import io.sluice.access.SealedKeys;
import io.sluice.postgres.Database;
import io.sluice.postgres.PoolName;
import io.sluice.postgres.Rows;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The server's signing keys. */
final class PostgresSealedKeys implements SealedKeys {

    private final Database database;

    PostgresSealedKeys(Database database) {
        this.database = database;
    }

    @Override
    public Flux<SealedKey> all() {
        return database.untenanted(
                PoolName.READS,
                Map.of(),
                session -> session.all(
                        "SELECT kid, public_jwk::text, sealed, created_at FROM signing_key ORDER BY created_at DESC, kid",
                        PostgresSealedKeys::toKey));
    }

    @Override
    public Mono<Void> store(SealedKey key, int kept) {
        return database.untenanted(PoolName.COMMANDS, Map.of(), session -> session.update(
                                """
                                        INSERT INTO signing_key (kid, public_jwk, sealed, created_at)
                                        VALUES ($1, $2::jsonb, $3, $4)
                                        """, key.id(), key.publicJwk(), key.sealed(), key.createdAt())
                        .then(session.update("""
                                        DELETE FROM signing_key WHERE kid NOT IN (
                                            SELECT kid FROM signing_key ORDER BY created_at DESC, kid LIMIT $1)
                                        """, kept)))
                .then();
    }

    private static SealedKey toKey(Readable row) {
        return new SealedKey(
                Rows.text(row, "kid"),
                Rows.text(row, "public_jwk"),
                Rows.bytes(row, "sealed"),
                Rows.instant(row, "created_at"));
    }
}
