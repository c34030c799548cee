package io.sluice.access.postgres;

import io.sluice.access.Accounts;
import io.sluice.access.LoginGuards;
import io.sluice.access.SealedKeys;
import io.sluice.access.Sessions;
import io.sluice.access.Tenants;
import io.sluice.log.Ledger;
import io.sluice.postgres.Database;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Exposes the ports of identity. */
@Configuration(proxyBeanMethods = false)
public class AccessConfiguration {

    @Bean
    Tenants tenants(Database database, Ledger ledger) {
        return new PostgresTenants(database, ledger);
    }

    @Bean
    Accounts accounts(Database database, Ledger ledger) {
        return new PostgresAccounts(database, ledger);
    }

    @Bean
    Sessions sessions(Database database, Ledger ledger) {
        return new PostgresSessions(database, ledger);
    }

    @Bean
    LoginGuards loginGuards(Database database) {
        return new PostgresLoginGuards(database);
    }

    @Bean
    SealedKeys sealedKeys(Database database) {
        return new PostgresSealedKeys(database);
    }
}
