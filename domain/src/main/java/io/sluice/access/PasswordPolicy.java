package io.sluice.access;

import io.sluice.shared.Problem;
import java.util.Locale;
import java.util.Set;

/** At least 12 characters, not the user's name or e-mail, not one of the common ones. */
public final class PasswordPolicy {

    public static final int LEAST = 12;
    public static final int MOST = 200;

    private final Set<String> common;

    /** @param common in lower case */
    public PasswordPolicy(Set<String> common) {
        this.common = Set.copyOf(common);
    }

    /** Passes, or the problem {@code Invalid} that names the field. */
    public void require(String field, String password, String username, Profile profile) {
        if (password.length() < LEAST || password.length() > MOST) {
            throw weak(field, "out-of-range", "has " + LEAST + " to " + MOST + " characters");
        }
        String plain = password.toLowerCase(Locale.ROOT).strip();
        if (common.contains(plain)) {
            throw weak(field, "common-password", "is one of the most common passwords");
        }
        if (plain.equals(lower(username)) || plain.equals(lower(profile.displayName())) || isMail(plain, profile)) {
            throw weak(field, "personal-password", "must not be the user's name or e-mail");
        }
    }

    private static boolean isMail(String plain, Profile profile) {
        String mail = lower(profile.email());
        return plain.equals(mail) || plain.equals(mail.substring(0, Math.max(0, mail.indexOf('@'))));
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private static Problem weak(String field, String code, String message) {
        return Problem.Invalid.field(field, code, message);
    }
}
