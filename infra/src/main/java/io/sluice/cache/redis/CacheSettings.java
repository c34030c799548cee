package io.sluice.cache.redis;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Bounds of the cache.
 *
 * @param entries kept in the node's memory, each for {@code memoryLife} at most
 * @param largest bytes of a value that is kept; a larger one is served only
 * @param touches tags of a tenant whose last event the node remembers
 * @param flights loads that may be shared at once on this node; those beyond run on their own
 * @param lease how long one node may load a key while the others wait for it
 * @param patience how long they wait before they load it themselves
 */
@ConfigurationProperties("sluice.cache")
public record CacheSettings(
        @DefaultValue("1000") int entries,
        @DefaultValue("60s") Duration memoryLife,
        @DefaultValue("1000000") int largest,
        @DefaultValue("10000") int touches,
        @DefaultValue("10000") int flights,
        @DefaultValue("10s") Duration lease,
        @DefaultValue("5s") Duration patience) {

    public static CacheSettings standard() {
        return new CacheSettings(
                1000, Duration.ofSeconds(60), 1_000_000, 10_000, 10_000, Duration.ofSeconds(10), Duration.ofSeconds(5));
    }
}
