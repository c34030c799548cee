package io.sluice.wiring;

import io.sluice.access.Accounts;
import io.sluice.access.AddressGuard;
import io.sluice.access.Credentials;
import io.sluice.access.LoginGuards;
import io.sluice.access.NewPasswords;
import io.sluice.access.PasswordChange;
import io.sluice.access.PasswordPolicy;
import io.sluice.access.Passwords;
import io.sluice.access.SessionBook;
import io.sluice.access.Sessions;
import io.sluice.access.SignIn;
import io.sluice.access.TenantAdministration;
import io.sluice.access.Tenants;
import io.sluice.access.Tickets;
import io.sluice.access.Tokens;
import io.sluice.access.UserAdministration;
import io.sluice.log.Ledger;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The activities of identity. */
@Configuration(proxyBeanMethods = false)
class AccessWiring {

    @Bean
    Credentials credentials(Accounts accounts, LoginGuards guards, Passwords passwords, Clock clock) {
        return new Credentials(accounts, guards, passwords, clock);
    }

    @Bean
    NewPasswords newPasswords(PasswordPolicy policy, Passwords passwords) {
        return new NewPasswords(policy, passwords);
    }

    @Bean
    SessionBook sessionBook(Accounts accounts, Sessions sessions, LoginGuards guards, Ledger ledger, Clock clock) {
        return new SessionBook(accounts, sessions, guards, ledger, clock);
    }

    @Bean
    SignIn signIn(
            Tenants tenants,
            Credentials credentials,
            SessionBook book,
            Tokens tokens,
            AddressGuard addresses,
            Clock clock) {
        return new SignIn(tenants, credentials, book, tokens, addresses, clock);
    }

    @Bean
    Tickets tickets(Tokens tokens, Ledger ledger, Clock clock) {
        return new Tickets(tokens, ledger, clock);
    }

    @Bean
    PasswordChange passwordChange(
            Accounts accounts,
            Sessions sessions,
            Credentials credentials,
            SessionBook book,
            NewPasswords passwords,
            Clock clock) {
        return new PasswordChange(accounts, sessions, credentials, book, passwords, clock);
    }

    @Bean
    UserAdministration userAdministration(
            Accounts accounts,
            Sessions sessions,
            LoginGuards guards,
            NewPasswords passwords,
            Tenants tenants,
            Clock clock) {
        return new UserAdministration(accounts, sessions, guards, passwords, tenants, clock);
    }

    @Bean
    TenantAdministration tenantAdministration(Tenants tenants, Ledger ledger) {
        return new TenantAdministration(tenants, ledger);
    }
}
