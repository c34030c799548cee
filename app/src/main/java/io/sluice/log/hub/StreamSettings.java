package io.sluice.log.hub;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of streams.
 *
 * @param connections on this node
 * @param connectsPerAddress new connections of one address in a minute, before it is blocked for {@code addressBlock}
 * @param messagesPerUser messages of a user's clients in a minute, before they are refused for a minute
 * @param ringEvents newest events kept in memory for a tenant: a power of two
 * @param unsent bytes that a connection may have written and not flushed
 * @param silence of a peer, after which its connection is closed
 * @param proxies addresses whose X-Forwarded-For counts
 */
@ConfigurationProperties("sluice.streams")
public record StreamSettings(
        @DefaultValue("10000") int connections,
        @DefaultValue("50") int connectionsPerUser,
        @DefaultValue("32") int streamsPerConnection,
        @DefaultValue("200") int topics,
        @DefaultValue("100") int connectsPerAddress,
        @DefaultValue("300s") Duration addressBlock,
        @DefaultValue("100") int messagesPerUser,
        @DefaultValue("65536") int ringEvents,
        @DefaultValue("64MB") DataSize ringBytes,
        @DefaultValue("256KB") DataSize unsent,
        @DefaultValue("25s") Duration beat,
        @DefaultValue("30s") Duration silence,
        @DefaultValue("300s") Duration stalledSse,
        @DefaultValue List<String> proxies) {}
