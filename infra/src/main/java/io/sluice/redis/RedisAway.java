package io.sluice.redis;

/** Redis has not been reached yet. Carries no stack trace: it is raised for each call meanwhile. */
final class RedisAway extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RedisAway() {
        super("Redis has not been reached yet", null, false, false);
    }
}
