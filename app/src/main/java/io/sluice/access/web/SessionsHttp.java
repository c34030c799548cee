package io.sluice.access.web;

import io.sluice.access.Account;
import io.sluice.access.Accounts;
import io.sluice.access.LoginSession;
import io.sluice.access.Permission;
import io.sluice.access.Principal;
import io.sluice.access.Role;
import io.sluice.access.SessionBook;
import io.sluice.access.Sessions;
import io.sluice.access.Tenant;
import io.sluice.access.Tenants;
import io.sluice.web.Answers;
import io.sluice.web.Call;
import io.sluice.web.Commands;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Who one is, and where one is signed in. */
@RestController
@RequestMapping("/api")
@Tag(name = "me")
final class SessionsHttp {

    private final Accounts accounts;
    private final Tenants tenants;
    private final Sessions sessions;
    private final SessionBook book;
    private final Commands commands;
    private final Clock clock;

    SessionsHttp(
            Accounts accounts, Tenants tenants, Sessions sessions, SessionBook book, Commands commands, Clock clock) {
        this.accounts = accounts;
        this.tenants = tenants;
        this.sessions = sessions;
        this.book = book;
        this.commands = commands;
        this.clock = clock;
    }

    record Place(UUID id, String slug, String name, String locale, String timeZone, String currency) {

        static Place of(Tenant it) {
            return new Place(it.id().value(), it.slug(), it.name(), it.locale(), it.timeZone(), it.currency());
        }
    }

    record Me(
            UUID id,
            String username,
            String email,
            String displayName,
            @Nullable String locale,
            @Nullable String timeZone,
            Place tenant,
            List<String> roles,
            List<String> permissions,
            List<UsersHttp.GrantView> grants,
            UUID sessionId,
            Instant expiresAt) {

        static Me of(Principal principal, Account account, Tenant tenant) {
            return new Me(
                    account.id(),
                    account.username(),
                    account.profile().email(),
                    account.profile().displayName(),
                    account.profile().locale(),
                    account.profile().timeZone(),
                    Place.of(tenant),
                    principal.roles().stream().map(Role::word).sorted().toList(),
                    principal.permissions().stream()
                            .map(Permission::word)
                            .sorted()
                            .toList(),
                    principal.grants().stream().map(UsersHttp.GrantView::of).toList(),
                    principal.session(),
                    principal.expiresAt());
        }
    }

    record SessionView(
            UUID id,
            LoginSession.Kind kind,
            Instant createdAt,
            Instant lastSeenAt,
            Instant expiresAt,
            @Nullable String address,
            @Nullable String userAgent,
            boolean current) {

        static SessionView of(LoginSession it, UUID current) {
            return new SessionView(
                    it.id(),
                    it.kind(),
                    it.createdAt(),
                    it.lastSeenAt(),
                    it.expiresAt(),
                    it.address(),
                    it.userAgent(),
                    it.id().equals(current));
        }
    }

    record Open(List<SessionView> items) {}

    @GetMapping("/me")
    @Operation(summary = "Profile, tenant, roles, permissions and scopes of the caller")
    Mono<Me> me(Call call) {
        Principal principal = call.principal();
        return Mono.zip(accounts.require(principal.account()), tenants.requireOwn())
                .map(both -> Me.of(principal, both.getT1(), both.getT2()));
    }

    @GetMapping("/me/sessions")
    @Operation(summary = "Where the caller is signed in, newest first")
    Mono<Open> sessions(Call call) {
        Principal principal = call.principal();
        return sessions.list(principal.account(), clock.instant())
                .map(session -> SessionView.of(session, principal.session()))
                .collectList()
                .map(Open::new);
    }

    @DeleteMapping("/sessions/{id}")
    @Operation(summary = "End a session: one's own, or anybody's with users:manage; its streams end with it")
    @Answers(status = 204)
    Mono<ResponseEntity<String>> end(@PathVariable UUID id, Call call) {
        return commands.run(call, book.end(call.principal(), id), _ -> Commands.noContent());
    }
}
