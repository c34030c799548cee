package io.sluice.log.postgres;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.log.AnchorSeal;
import io.sluice.log.Commits;
import io.sluice.log.EventLog;
import io.sluice.log.LogSource;
import io.sluice.log.hot.HotCommands;
import io.sluice.postgres.Database;
import java.nio.file.Path;
import java.time.Clock;
import org.springframework.beans.factory.annotation.Value;
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
    PostgresAuditTrail auditTrail(PostgresLedger ledger, MeterRegistry meters) {
        return new PostgresAuditTrail(ledger, meters);
    }

    @Bean
    HotCommands<Appender.Draft, Boolean> auditQueue(PostgresAuditTrail trail) {
        return trail.queue();
    }

    @Bean
    LogSource logSource(Database database, EventLog log) {
        return new PostgresLogSource(database, log);
    }

    @Bean
    AnchorFiles anchorFiles(@Value("${sluice.home:.sluice}") Path home) {
        return new AnchorFiles(home.resolve("anchors"));
    }

    @Bean
    EventLog eventLog(Database database, AnchorSeal seal, AnchorFiles files) {
        return new PostgresEventLog(database, seal, files);
    }

    @Bean
    LogKeeping logKeeping(Database database, AnchorSeal seal, AnchorFiles files, Clock clock) {
        return new LogKeeping(database, seal, files, clock);
    }
}
