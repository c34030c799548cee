package io.sluice.testing;

import io.sluice.access.Account;
import io.sluice.access.Grant;
import io.sluice.access.Profile;
import io.sluice.access.Role;
import io.sluice.access.UserAdministration;
import io.sluice.log.Caller;
import io.sluice.log.EventLog;
import io.sluice.log.Ledger;
import io.sluice.log.Recorded;
import io.sluice.shared.TenantId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Mono;

/** A tenant of one test. */
public final class TestTenant {

    public static final String PASSWORD = "the very same for all tests";

    private final Server server;
    private final TenantId id;
    private final String slug;
    private final AtomicInteger users = new AtomicInteger();
    private final TestUser admin;

    TestTenant(Server server, TenantId id, String slug) {
        this.server = server;
        this.id = id;
        this.slug = slug;
        this.admin = user(Role.ADMIN);
    }

    public TenantId id() {
        return id;
    }

    public String slug() {
        return slug;
    }

    public TestUser admin() {
        return admin;
    }

    /** Somebody new with the role everywhere, signed in. */
    public TestUser user(Role role) {
        return user(Grant.of(role));
    }

    /** Somebody new with these grants, signed in. */
    public TestUser user(Grant... grants) {
        String username = "user" + users.incrementAndGet();
        var administration = server.bean(UserAdministration.class);
        var wish = new UserAdministration.NewUser(
                username, new Profile(username + "@test.example", username, null, null), PASSWORD, List.of(grants));
        Account account = inside(administration
                .prepare(wish)
                .flatMap(prepared -> server.bean(Ledger.class).commit(administration.create(prepared)))
                .map(done -> done.answer()));
        return new TestUser(server, account.id(), username, signIn(username));
    }

    /** A new access token, by a login over HTTP. */
    public String signIn(String username) {
        return (String) Objects.requireNonNull(login(username, PASSWORD)
                .expectStatus()
                .isOk()
                .expectBody(Map.class)
                .returnResult()
                .getResponseBody()
                .get("accessToken"));
    }

    /** A login over HTTP, however it ends. */
    public WebTestClient.ResponseSpec login(String username, String password) {
        return server.client()
                .post()
                .uri("/api/auth/login")
                .bodyValue(Map.of("tenant", slug, "username", username, "password", password))
                .exchange();
    }

    /** Runs in the tenant's name, as the system. */
    public <T> T inside(Mono<T> work) {
        return Objects.requireNonNull(work.contextWrite(context -> context.put(Caller.class, Caller.system(id, "test")))
                .block());
    }

    /** The tenant's log from its beginning. */
    public List<Recorded> events() {
        return inside(server.bean(EventLog.class).after(0, 10_000).collectList());
    }
}
