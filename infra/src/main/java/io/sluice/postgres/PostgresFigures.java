package io.sluice.postgres;

import io.r2dbc.spi.Readable;
import java.util.LinkedHashMap;
import java.util.Map;
import reactor.core.publisher.Mono;

final class PostgresFigures implements DatabaseFigures {

    private final Pools pools;
    private final Database database;

    PostgresFigures(Pools pools, Database database) {
        this.pools = pools;
        this.database = database;
    }

    @Override
    public Map<String, PoolFigures> pools() {
        Map<String, PoolFigures> figures = new LinkedHashMap<>();
        for (PoolName name : PoolName.values()) {
            figures.put(name.word(), pools.figures(name));
        }
        return figures;
    }

    /** The role that owns nothing sees no state of others' sessions; the role that signed in sees its own. */
    @Override
    public Mono<ConnectionFigures> connections() {
        return database.untenanted(
                        PoolName.OPS, Map.of("role", "none"), session -> session.one("""
                                SELECT count(*) FILTER (WHERE state = 'active') AS active,
                                       count(*) FILTER (WHERE state = 'idle') AS idle,
                                       count(*) AS total,
                                       current_setting('max_connections')::bigint AS maximum,
                                       coalesce(max(extract(epoch FROM clock_timestamp() - query_start))
                                                    FILTER (WHERE state = 'active' AND pid <> pg_backend_pid()),
                                                0)::float8 * 1000 AS longest,
                                       (SELECT xact_commit + xact_rollback
                                        FROM pg_stat_database WHERE datname = current_database()) AS transactions
                                FROM pg_stat_activity WHERE backend_type = 'client backend'
                                """, PostgresFigures::toFigures))
                .next();
    }

    private static ConnectionFigures toFigures(Readable row) {
        Double longest = row.get("longest", Double.class);
        return new ConnectionFigures(
                Rows.number(row, "active"),
                Rows.number(row, "idle"),
                Rows.number(row, "total"),
                Rows.number(row, "maximum"),
                longest == null ? 0 : longest,
                Rows.number(row, "transactions"));
    }
}
