package io.sluice.cache.redis;

/**
 * Where a tenant's log was known to be when a load began.
 *
 * @param era counts how often this node began to follow a tenant: marks of another era tell nothing
 */
record Mark(long era, long position) {}
