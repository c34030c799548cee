package io.sluice.log.hub;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.log.EventTypes;
import io.sluice.log.LogFollower;
import io.sluice.log.LogSource;
import io.sluice.log.Recorded;
import io.sluice.log.Snapshots;
import io.sluice.log.Subjects;
import io.sluice.log.WakeUps;
import io.sluice.shared.TenantId;
import io.sluice.web.Identities;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The hub and the tails. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(StreamSettings.class)
class HubConfiguration {

    @Bean
    Tails tails(
            LogSource source,
            EventTypes types,
            WakeUps wakeUps,
            StreamSettings settings,
            ObjectProvider<LogFollower> followers,
            MeterRegistry meters) {
        return new Tails(source, types, wakeUps, settings, List.of(new AllFollowers(followers)), meters);
    }

    /** Followers are looked up when the first event passes: some of them need the ledger themselves. */
    private record AllFollowers(ObjectProvider<LogFollower> followers) implements LogFollower {

        @Override
        public void followed(TenantId tenant, long head) {
            followers.orderedStream().forEach(follower -> follower.followed(tenant, head));
        }

        @Override
        public void passed(TenantId tenant, List<Recorded> events) {
            followers.orderedStream().forEach(follower -> follower.passed(tenant, events));
        }

        @Override
        public void announced(TenantId tenant, long head) {
            followers.orderedStream().forEach(follower -> follower.announced(tenant, head));
        }

        @Override
        public void caughtUp(TenantId tenant, long head) {
            followers.orderedStream().forEach(follower -> follower.caughtUp(tenant, head));
        }

        @Override
        public void lost(TenantId tenant) {
            followers.orderedStream().forEach(follower -> follower.lost(tenant));
        }
    }

    @Bean
    Hub hub(
            Tails tails,
            LogSource source,
            EventTypes types,
            Subjects subjects,
            Snapshots snapshots,
            Identities identities,
            StreamSettings settings,
            MeterRegistry meters) {
        return new Hub(tails, source, types, subjects, snapshots, identities, settings, meters);
    }
}
