package io.sluice.notifications.postgres;

import io.sluice.log.Ledger;
import io.sluice.postgres.Database;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Exposes the inboxes and runs their consumer. */
@Configuration(proxyBeanMethods = false)
public class NotificationsConfiguration {

    @Bean
    PostgresNotifications notifications(Database database, Ledger ledger) {
        return new PostgresNotifications(database, ledger);
    }

    @Bean
    AlertConsumer alertConsumer(Database database, Ledger ledger, PostgresNotifications notifications, Clock clock) {
        return new AlertConsumer(database, ledger, notifications, clock);
    }
}
