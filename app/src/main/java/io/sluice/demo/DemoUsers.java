package io.sluice.demo;

import io.sluice.access.Account;
import io.sluice.access.Accounts;
import io.sluice.access.Grant;
import io.sluice.access.PasswordChange;
import io.sluice.access.Passwords;
import io.sluice.access.Profile;
import io.sluice.access.Role;
import io.sluice.access.Scope;
import io.sluice.access.Tenant;
import io.sluice.access.TenantAdministration;
import io.sluice.access.Tenants;
import io.sluice.access.UserAdministration;
import io.sluice.access.UserAdministration.NewUser;
import io.sluice.log.Caller;
import io.sluice.log.Ledger;
import java.security.SecureRandom;
import java.util.List;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The demo's tenants and users, made by the ordinary activities: one user for each role, named like it. */
@Component
final class DemoUsers {

    static final String SLUG = "demo";
    private static final String LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private static final int LENGTH = 20;

    private final Tenants tenants;
    private final TenantAdministration administration;
    private final Accounts accounts;
    private final UserAdministration users;
    private final PasswordChange changes;
    private final Passwords passwords;
    private final Ledger ledger;
    private final SecureRandom random;

    DemoUsers(
            Tenants tenants,
            TenantAdministration administration,
            Accounts accounts,
            UserAdministration users,
            PasswordChange changes,
            Passwords passwords,
            Ledger ledger,
            SecureRandom random) {
        this.tenants = tenants;
        this.administration = administration;
        this.accounts = accounts;
        this.users = users;
        this.changes = changes;
        this.passwords = passwords;
        this.ledger = ledger;
        this.random = random;
    }

    /** The demo's tenant, made when it is missing. */
    Mono<Tenant> tenant() {
        return tenants.findBySlug(SLUG).switchIfEmpty(Mono.defer(() -> administration.open(SLUG, "Demo")));
    }

    /** A login for each role: the known one, or a new password for a user whose login is not known any more. */
    Flux<DemoLogin> logins(Tenant demo, List<DemoLogin> known) {
        return tenants.findBySlug(Tenant.PLATFORM).flatMapMany(platform -> Flux.fromArray(Role.values())
                .concatMap(role -> login(role, demo, platform, known)));
    }

    private Mono<DemoLogin> login(Role role, Tenant demo, Tenant platform, List<DemoLogin> known) {
        Tenant tenant = role == Role.OPERATOR ? platform : demo;
        return accounts.findByUsername(role.word())
                .flatMap(account ->
                        kept(tenant, account, known).switchIfEmpty(Mono.defer(() -> reset(tenant, account, role))))
                .switchIfEmpty(Mono.defer(() -> create(tenant, role)))
                .contextWrite(context -> context.put(Caller.class, Caller.system(tenant.id(), "demo")));
    }

    private static Mono<DemoLogin> kept(Tenant tenant, Account account, List<DemoLogin> known) {
        return Flux.fromIterable(known)
                .filter(login -> login.isOf(tenant.slug(), account.username()))
                .next();
    }

    private Mono<DemoLogin> create(Tenant tenant, Role role) {
        DemoLogin login = newLogin(tenant, role);
        Profile profile = new Profile(role.word() + "@demo.example", nameOf(role), null, null);
        NewUser user = new NewUser(role.word(), profile, login.password(), List.of(grantOf(role)));
        return users.prepare(user)
                .flatMap(prepared -> ledger.commit(users.create(prepared)))
                .thenReturn(login);
    }

    private Mono<DemoLogin> reset(Tenant tenant, Account account, Role role) {
        DemoLogin login = newLogin(tenant, role);
        return passwords
                .hash(login.password())
                .flatMap(hash -> ledger.commit(changes.change(account.id(), null, hash)))
                .thenReturn(login);
    }

    private static Grant grantOf(Role role) {
        return role == Role.VENDOR_CONTACT
                ? new Grant(role, Scope.all(), Scope.none(), Scope.all(), Scope.all(), null, null)
                : Grant.of(role);
    }

    private static String nameOf(Role role) {
        String words = role.word().replace('_', ' ');
        return "Demo " + words;
    }

    private DemoLogin newLogin(Tenant tenant, Role role) {
        StringBuilder password = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            password.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return new DemoLogin(tenant.slug(), role.word(), role.word(), password.toString());
    }
}
