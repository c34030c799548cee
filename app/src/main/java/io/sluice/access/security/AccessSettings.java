package io.sluice.access.security;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How identity is checked.
 *
 * @param recheck rights are never older than this on a node that does not follow the tenant's log
 * @param rotation a signing key older than this gets a successor
 * @param addressFailures failed logins of one address within 15 minutes, then 429
 * @param hashingThreads passwords hashed at once; each takes 19 MiB meanwhile
 * @param hashingQueue passwords that may wait for that in all, then 503
 */
@ConfigurationProperties("sluice.access")
record AccessSettings(
        @DefaultValue("2s") Duration recheck,
        @DefaultValue("90d") Duration rotation,
        @DefaultValue("30") int addressFailures,
        @DefaultValue("2") int hashingThreads,
        @DefaultValue("1000") int hashingQueue) {}
