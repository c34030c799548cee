package io.sluice.log.postgres;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.log.AnchorSeal;
import io.sluice.log.Commits;
import io.sluice.log.EventLog;
import io.sluice.log.LogSource;
import io.sluice.postgres.Database;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Exposes the log's ports. */
@Configuration(proxyBeanMethods = false)
public class LogConfiguration {

    @Bean
    PostgresLedger ledger(Database database, Commits commits, Clock clock, MeterRegistry meters) {
        return new PostgresLedger(database, commits, clock, meters);
    }

    @Bean
    LogSource logSource(Database database, EventLog log) {
        return new PostgresLogSource(database, log);
    }

    @Bean
    EventLog eventLog(Database database, AnchorSeal seal) {
        return new PostgresEventLog(database, seal);
    }

    @Bean
    LogKeeping logKeeping(Database database, AnchorSeal seal, Clock clock) {
        return new LogKeeping(database, seal, clock);
    }
}
