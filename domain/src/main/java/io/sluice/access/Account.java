package io.sluice.access;

import io.sluice.shared.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A user of a tenant with his grants. The username is unique regardless of case and never changes. */
public record Account(
        UUID id,
        String username,
        Profile profile,
        AccountStatus status,
        @Nullable PasswordHash password,
        List<Grant> grants,
        @Nullable Instant lastLoginAt,
        long version,
        Instant createdAt) {

    public Account {
        grants = List.copyOf(grants);
    }

    /** A new account: active when it has a password, else invited. */
    public static Account create(
            UUID id,
            String username,
            Profile profile,
            @Nullable PasswordHash password,
            List<Grant> grants,
            Instant now) {
        AccountStatus status = password == null ? AccountStatus.INVITED : AccountStatus.ACTIVE;
        return new Account(id, username, profile, status, password, grants, null, 1, now);
    }

    /** The same account when the version is the current one; else {@code stale-version}. */
    public Account at(long expected) {
        if (version != expected) {
            throw new Problem.Stale(version);
        }
        return this;
    }

    public Account described(Profile next) {
        return next.equals(profile) ? this : with(next, status, password, grants);
    }

    public Account granted(List<Grant> next) {
        return Set.copyOf(next).equals(Set.copyOf(grants)) ? this : with(profile, status, password, next);
    }

    public Account secured(PasswordHash next) {
        return with(profile, status, next, grants);
    }

    /** The account in the other status; itself when it has it already; else {@code illegal-transition}. */
    public Account moved(AccountStatus from, AccountStatus to) {
        if (status == to) {
            return this;
        }
        if (status != from || !status.mayBecome(to)) {
            throw new Problem.Conflict("illegal-transition", "a user who is " + status + " cannot become " + to);
        }
        return with(profile, to, password, grants);
    }

    private Account with(Profile who, AccountStatus next, @Nullable PasswordHash hash, List<Grant> rights) {
        return new Account(id, username, who, next, hash, rights, lastLoginAt, version + 1, createdAt);
    }

    /** Whether this account administers its tenant now and with no end in sight. */
    public boolean isLastingAdmin(Instant now) {
        return status.mayAct()
                && grants.stream()
                        .anyMatch(grant ->
                                grant.role() == Role.ADMIN && grant.isValid(now) && grant.validUntil() == null);
    }

    public List<String> roles(Instant now) {
        return grants.stream()
                .filter(grant -> grant.isValid(now))
                .map(grant -> grant.role().word())
                .distinct()
                .sorted()
                .toList();
    }

    /** The names of the profile's fields that differ. */
    List<String> differences(Account before) {
        var fields = new ArrayList<String>(4);
        note(fields, "email", profile.email(), before.profile.email());
        note(fields, "displayName", profile.displayName(), before.profile.displayName());
        note(fields, "locale", profile.locale(), before.profile.locale());
        note(fields, "timeZone", profile.timeZone(), before.profile.timeZone());
        return fields;
    }

    private static void note(List<String> fields, String name, @Nullable Object now, @Nullable Object before) {
        if (!Objects.equals(now, before)) {
            fields.add(name);
        }
    }
}
