package io.sluice.wiring;

import io.sluice.log.Audit;
import io.sluice.log.Books;
import io.sluice.log.EventLog;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What every feature needs. */
@Configuration(proxyBeanMethods = false)
class GroundWiring {

    /** Microseconds: what PostgreSQL keeps, so that a time reads the same in an event and in its row. */
    @Bean
    Clock clock() {
        return Clock.tick(Clock.systemUTC(), Duration.of(1, ChronoUnit.MICROS));
    }

    @Bean
    Audit audit(EventLog log, Books books) {
        return new Audit(log, books);
    }
}
