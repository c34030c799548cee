package io.sluice.access.web;

import io.sluice.access.Account;
import io.sluice.access.AccountQuery;
import io.sluice.access.AccountStatus;
import io.sluice.access.Accounts;
import io.sluice.access.Grant;
import io.sluice.access.Permission;
import io.sluice.access.Profile;
import io.sluice.access.Role;
import io.sluice.access.Scope;
import io.sluice.access.UserAdministration;
import io.sluice.access.UserAdministration.NewUser;
import io.sluice.log.EventLog;
import io.sluice.shared.FieldError;
import io.sluice.shared.Ids;
import io.sluice.shared.Problem;
import io.sluice.web.Answers;
import io.sluice.web.Call;
import io.sluice.web.Change;
import io.sluice.web.Commands;
import io.sluice.web.Cursors;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Users of the tenant, their grants, and the matrix of roles. */
@RestController
@RequestMapping("/api")
@Tag(name = "users")
final class UsersHttp {

    private static final String MAIL = "[^@\\s]{1,64}@[^@\\s]{1,190}";
    private static final String LANGUAGE = "[a-z]{2}(-[A-Z]{2})?";
    private static final int PAGE = 20;

    private final UserAdministration users;
    private final Accounts accounts;
    private final EventLog log;
    private final Commands commands;
    private final Cursors cursors;
    private final Clock clock;

    UsersHttp(
            UserAdministration users,
            Accounts accounts,
            EventLog log,
            Commands commands,
            Cursors cursors,
            Clock clock) {
        this.users = users;
        this.accounts = accounts;
        this.log = log;
        this.commands = commands;
        this.cursors = cursors;
        this.clock = clock;
    }

    /** A scope is left out or {@code ["*"]} for all of its kind, else the ids; an empty one covers nothing. */
    record GrantView(
            String role,
            @Size(max = 1000) @Nullable List<String> locations,
            @Size(max = 1000) @Nullable List<String> vendors,
            @Size(max = 1000) @Nullable List<String> organizations,
            @Size(max = 1000) @Nullable List<String> departments,
            @Nullable Instant validFrom,
            @Nullable Instant validUntil) {

        static GrantView of(Grant it) {
            return new GrantView(
                    it.role().word(),
                    toList(it.locations()),
                    toList(it.vendors()),
                    toList(it.organizations()),
                    toList(it.departments()),
                    it.validFrom(),
                    it.validUntil());
        }

        private static <T> List<String> toList(Scope<T> scope) {
            return switch (scope) {
                case Scope.All<T> _ -> List.of("*");
                case Scope.Only<T>(var ids) ->
                    ids.stream().map(Object::toString).sorted().toList();
            };
        }

        Grant toGrant(String path, List<FieldError> errors) {
            return new Grant(
                    Role.of(role).orElseGet(() -> unknown(path + ".role", errors)),
                    toScope(locations, path + ".locations", Ids::of, errors),
                    toScope(vendors, path + ".vendors", Ids::of, errors),
                    toScope(organizations, path + ".organizations", Ids::of, errors),
                    toScope(departments, path + ".departments", Function.identity(), errors),
                    validFrom,
                    validUntil);
        }

        private static Role unknown(String path, List<FieldError> errors) {
            String known = String.join(
                    ", ", Arrays.stream(Role.values()).map(Role::word).toList());
            errors.add(new FieldError(path, "unknown-value", "one of " + known + " is expected"));
            return Role.VIEWER;
        }

        private static <T> Scope<T> toScope(
                @Nullable List<String> ids, String path, Function<String, T> toId, List<FieldError> errors) {
            if (ids == null || ids.equals(List.of("*"))) {
                return Scope.all();
            }
            Set<T> listed = new HashSet<>();
            for (String id : ids) {
                try {
                    listed.add(toId.apply(id));
                } catch (IllegalArgumentException _) {
                    errors.add(new FieldError(path, "wrong-type", "UUIDs are expected, or \"*\" alone"));
                }
            }
            return Scope.only(listed);
        }
    }

    record UserView(
            UUID id,
            String username,
            String email,
            String displayName,
            AccountStatus status,
            @Nullable String locale,
            @Nullable String timeZone,
            List<String> roles,
            List<GrantView> grants,
            @Nullable Instant lastLoginAt,
            long version,
            Instant createdAt) {

        static UserView of(Account it, Instant now) {
            return new UserView(
                    it.id(),
                    it.username(),
                    it.profile().email(),
                    it.profile().displayName(),
                    it.status(),
                    it.profile().locale(),
                    it.profile().timeZone(),
                    it.roles(now),
                    it.grants().stream().map(GrantView::of).toList(),
                    it.lastLoginAt(),
                    it.version(),
                    it.createdAt());
        }
    }

    record Filter(
            @Nullable AccountStatus status,
            @Nullable String role,
            @Size(min = 1, max = 100) @Nullable String search,
            @Nullable String cursor,
            @Min(1) @Max(200) @Nullable Integer limit,
            @Nullable Boolean count) {

        int size() {
            return limit == null ? PAGE : limit;
        }

        /** What a cursor is bound to besides its tenant. */
        String query() {
            return "users " + status + " " + role + " " + search;
        }

        AccountQuery toQuery(@Nullable String after) {
            return new AccountQuery(status, role == null ? null : toRole(role), search, after, size() + 1);
        }

        private static Role toRole(String word) {
            return Role.of(word)
                    .orElseThrow(
                            () -> Problem.Invalid.field("role", "unknown-value", "the name of a role is expected"));
        }
    }

    record Page(
            List<UserView> items,
            @Nullable String next,
            @Nullable Long total,
            long asOf) {}

    record NewUserWish(
            @Pattern(regexp = "[A-Za-z0-9][A-Za-z0-9._@-]{1,99}")
            String username,

            @Pattern(regexp = MAIL) String email,
            @Size(min = 1, max = 100) String displayName,
            @Size(max = 200) @Nullable String password,
            @Pattern(regexp = LANGUAGE) @Nullable String locale,
            @Nullable ZoneId timeZone,
            @Size(max = 100) @Nullable List<GrantView> grants) {

        NewUser toUser() {
            Profile profile = new Profile(email, displayName, locale, timeZone == null ? null : timeZone.getId());
            return new NewUser(username, profile, password, grants == null ? List.of() : toGrants(grants));
        }
    }

    record ProfileWish(
            @Pattern(regexp = MAIL) Change<String> email,
            @Size(min = 1, max = 100) Change<String> displayName,
            @Pattern(regexp = LANGUAGE) Change<String> locale,
            Change<ZoneId> timeZone) {

        Profile over(Profile old) {
            ZoneId zone = timeZone.value();
            return new Profile(
                    present("email", email.over(old.email())),
                    present("displayName", displayName.over(old.displayName())),
                    locale.over(old.locale()),
                    timeZone.sent() ? (zone == null ? null : zone.getId()) : old.timeZone());
        }

        private static String present(String field, @Nullable String value) {
            if (value == null) {
                throw Problem.Invalid.field(field, "required", "cannot be removed");
            }
            return value;
        }
    }

    record GrantsWish(@Size(max = 100) List<GrantView> grants) {}

    record RoleView(String role, List<String> permissions) {}

    record Matrix(List<RoleView> roles) {}

    private static List<Grant> toGrants(List<GrantView> views) {
        List<FieldError> errors = new ArrayList<>();
        List<Grant> grants = new ArrayList<>(views.size());
        for (int i = 0; i < views.size(); i++) {
            grants.add(views.get(i).toGrant("grants[" + i + "]", errors));
        }
        if (!errors.isEmpty()) {
            throw new Problem.Invalid(errors);
        }
        return grants;
    }

    @GetMapping("/users")
    @Operation(summary = "Users by name")
    Mono<Page> list(@ParameterObject Filter filter, Call call) {
        call.require(Permission.USERS_READ);
        String bound = call.principal().tenant() + " " + filter.query();
        AccountQuery query = filter.toQuery(cursors.open(filter.cursor(), bound));
        return Mono.zip(
                        accounts.list(query).collectList(),
                        Boolean.TRUE.equals(filter.count()) ? accounts.count(query) : Mono.just(-1L),
                        log.head())
                .map(parts -> toPage(
                        filter,
                        bound,
                        parts.getT1(),
                        parts.getT2(),
                        parts.getT3().position()));
    }

    private Page toPage(Filter filter, String bound, List<Account> found, long total, long asOf) {
        Instant now = clock.instant();
        boolean more = found.size() > filter.size();
        List<Account> shown = more ? found.subList(0, filter.size()) : found;
        String next = more ? cursors.seal(shown.getLast().username().toLowerCase(Locale.ROOT), bound) : null;
        return new Page(
                shown.stream().map(account -> UserView.of(account, now)).toList(),
                next,
                total < 0 ? null : total,
                asOf);
    }

    @GetMapping("/users/{id}")
    @Operation(summary = "One user")
    @Answers(etag = true)
    Mono<ResponseEntity<UserView>> one(@PathVariable UUID id, Call call) {
        call.require(Permission.USERS_READ);
        return accounts.require(id).map(account -> ResponseEntity.ok()
                .eTag(Commands.etag(account.version()))
                .body(toView(account)));
    }

    @PostMapping("/users")
    @Operation(summary = "Make a user: active with an initial password, else invited")
    @Answers(
            value = UserView.class,
            status = 201,
            etag = true,
            problems = {"409 duplicate", "422 unknown-location"})
    Mono<ResponseEntity<String>> create(@RequestBody NewUserWish wish, Call call) {
        call.require(Permission.USERS_MANAGE);
        return commands.run(
                call,
                users.prepare(wish.toUser()),
                users::create,
                user -> Commands.created(toView(user), user.version(), "/api/users/" + user.id()));
    }

    @PatchMapping("/users/{id}")
    @Operation(summary = "Change a user's profile")
    @Answers(
            value = UserView.class,
            etag = true,
            ifMatch = true,
            problems = {"409 duplicate"})
    Mono<ResponseEntity<String>> describe(@PathVariable UUID id, @RequestBody ProfileWish wish, Call call) {
        call.require(Permission.USERS_MANAGE);
        return run(call, users.describe(id, call.requiredVersion(), wish::over));
    }

    @PostMapping("/users/{id}/disable")
    @Operation(summary = "The user may not act any more; his sessions end")
    @Answers(
            value = UserView.class,
            etag = true,
            problems = {"409 last-admin", "409 illegal-transition"})
    Mono<ResponseEntity<String>> disable(@PathVariable UUID id, Call call) {
        call.require(Permission.USERS_MANAGE);
        return run(call, users.disable(id));
    }

    @PostMapping("/users/{id}/enable")
    @Operation(summary = "The user may act again")
    @Answers(
            value = UserView.class,
            etag = true,
            problems = {"409 illegal-transition"})
    Mono<ResponseEntity<String>> enable(@PathVariable UUID id, Call call) {
        call.require(Permission.USERS_MANAGE);
        return run(call, users.enable(id));
    }

    @PostMapping("/users/{id}/unlock")
    @Operation(summary = "Forgive the failed logins that locked the user's name")
    @Answers(value = UserView.class, etag = true)
    Mono<ResponseEntity<String>> unlock(@PathVariable UUID id, Call call) {
        call.require(Permission.USERS_MANAGE);
        return run(call, users.unlock(id));
    }

    @PutMapping("/users/{id}/grants")
    @Operation(summary = "Replace all grants of a user")
    @Answers(
            value = UserView.class,
            etag = true,
            ifMatch = true,
            problems = {"409 last-admin", "422 unknown-location"})
    Mono<ResponseEntity<String>> grant(@PathVariable UUID id, @RequestBody GrantsWish wish, Call call) {
        call.require(Permission.USERS_MANAGE);
        return run(call, users.grant(id, call.requiredVersion(), toGrants(wish.grants())));
    }

    @GetMapping("/roles")
    @Operation(summary = "Which role has which permissions")
    Mono<Matrix> roles(Call call) {
        return Mono.just(
                new Matrix(Arrays.stream(Role.values()).map(UsersHttp::toView).toList()));
    }

    private static RoleView toView(Role role) {
        return new RoleView(
                role.word(),
                Arrays.stream(Permission.values())
                        .filter(permission -> permission.heldBy(role))
                        .map(Permission::word)
                        .sorted()
                        .toList());
    }

    private Mono<ResponseEntity<String>> run(Call call, Mono<Account> work) {
        return commands.run(call, work, user -> Commands.ok(toView(user), user.version()));
    }

    private UserView toView(Account account) {
        return UserView.of(account, clock.instant());
    }
}
