package io.sluice.access.web;

import io.sluice.access.Origin;
import io.sluice.access.PasswordChange;
import io.sluice.access.SessionBook;
import io.sluice.access.SignIn;
import io.sluice.access.SignedIn;
import io.sluice.access.Tickets;
import io.sluice.web.Answers;
import io.sluice.web.Call;
import io.sluice.web.Commands;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Size;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Signing in and out. */
@RestController
@RequestMapping("/api/auth")
@Tag(name = "auth")
final class AuthHttp {

    private final SignIn signIn;
    private final SessionBook sessions;
    private final PasswordChange passwords;
    private final Tickets tickets;
    private final Commands commands;
    private final Origins origins;
    private final Clock clock;

    AuthHttp(
            SignIn signIn,
            SessionBook sessions,
            PasswordChange passwords,
            Tickets tickets,
            Commands commands,
            Origins origins,
            Clock clock) {
        this.signIn = signIn;
        this.sessions = sessions;
        this.passwords = passwords;
        this.tickets = tickets;
        this.commands = commands;
        this.origins = origins;
        this.clock = clock;
    }

    record Login(
            @Size(min = 1, max = 40) String tenant,
            @Size(min = 1, max = 100) String username,
            @Size(min = 1, max = 200) String password) {

        SignIn.Attempt toAttempt(Origin origin) {
            return new SignIn.Attempt(tenant, username, password, origin);
        }
    }

    record Refresh(@Size(min = 1, max = 500) String refreshToken) {}

    record NewPassword(
            @Size(min = 1, max = 200) String currentPassword,
            @Size(min = 1, max = 200) String newPassword) {}

    record User(UUID id, String username, String displayName, List<String> roles) {}

    record Tokens(String accessToken, String refreshToken, String tokenType, Instant expiresAt, User user) {

        static Tokens of(SignedIn it, Instant now) {
            User user = new User(
                    it.account().id(),
                    it.account().username(),
                    it.account().profile().displayName(),
                    it.account().roles(now));
            return new Tokens(it.accessToken(), it.refreshToken(), "Bearer", it.expiresAt(), user);
        }
    }

    @PostMapping("/login")
    @Operation(summary = "Sign in with a name and a password: an access token of 15 minutes and a refresh token")
    @Answers(
            value = Tokens.class,
            problems = {"401 bad-credentials", "403 tenant-suspended", "429 locked", "429 too-many-failures"})
    Mono<ResponseEntity<Tokens>> login(@RequestBody Login login, ServerWebExchange exchange) {
        return signIn.login(login.toAttempt(origins.of(exchange))).map(this::toResponse);
    }

    @PostMapping("/refresh")
    @Operation(summary = "New tokens for a refresh token, which is spent by that")
    @Answers(
            value = Tokens.class,
            problems = {"401 unauthenticated"})
    Mono<ResponseEntity<Tokens>> refresh(@RequestBody Refresh refresh, ServerWebExchange exchange) {
        return signIn.refresh(refresh.refreshToken(), origins.of(exchange)).map(this::toResponse);
    }

    private ResponseEntity<Tokens> toResponse(SignedIn signedIn) {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(Tokens.of(signedIn, clock.instant()));
    }

    @PostMapping("/logout")
    @Operation(summary = "End the session of the token")
    @Answers(status = 204)
    Mono<ResponseEntity<String>> logout(Call call) {
        return commands.run(
                call, sessions.end(call.principal(), call.principal().session()), _ -> Commands.noContent());
    }

    @PostMapping("/tickets")
    @Operation(summary = "A ticket for one stream whose client can send no headers: it works once, within 30 s")
    @Answers(value = Tickets.Issued.class)
    Mono<ResponseEntity<Tickets.Issued>> ticket(Call call) {
        return tickets.issue(call.principal())
                .map(issued ->
                        ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(issued));
    }

    @PostMapping("/password")
    @Operation(summary = "Change one's own password; all other sessions end")
    @Answers(
            status = 204,
            problems = {"401 bad-credentials"})
    Mono<ResponseEntity<String>> password(@RequestBody NewPassword wish, Call call) {
        UUID account = call.principal().account();
        UUID session = call.principal().session();
        return commands.run(
                call,
                passwords.prepare(call.principal(), wish.currentPassword(), wish.newPassword()),
                hash -> passwords.change(account, session, hash),
                _ -> Commands.noContent());
    }
}
