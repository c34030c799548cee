package io.sluice.wiring;

import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What every feature needs. */
@Configuration(proxyBeanMethods = false)
class GroundWiring {

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }
}
