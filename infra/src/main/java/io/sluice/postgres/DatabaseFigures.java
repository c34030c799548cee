package io.sluice.postgres;

import java.util.Map;
import reactor.core.publisher.Mono;

/** What the pools and the database are doing; the pools' figures need no connection. */
public interface DatabaseFigures {

    /** By the pool's name. */
    Map<String, PoolFigures> pools();

    /** Asked through the pool {@code ops}, which no request uses; fails when the database is away. */
    Mono<ConnectionFigures> connections();

    /**
     * Connections of a pool.
     *
     * @param waiting callers without one
     * @param acquired taken by callers so far
     * @param acquireMillis mean time that they waited
     */
    record PoolFigures(
            int total,
            int inUse,
            int idle,
            int waiting,
            int minimum,
            int maximum,
            long acquired,
            double acquireMillis) {}

    /**
     * All clients' connections of the database server.
     *
     * @param maximum that the server admits
     * @param longestQueryMillis of those that run now
     * @param transactions of this database since its statistics began
     */
    record ConnectionFigures(
            long active, long idle, long total, long maximum, double longestQueryMillis, long transactions) {}
}
