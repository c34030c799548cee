package io.sluice.wiring;

import io.sluice.log.Commits;
import io.sluice.log.LogFollower;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Hands this node's commits to what follows the log. */
@Configuration(proxyBeanMethods = false)
class LogWiring {

    @Bean
    Commits commits(ObjectProvider<LogFollower> followers) {
        return (tenant, events) -> followers.forEach(follower -> follower.passed(tenant, events));
    }
}
