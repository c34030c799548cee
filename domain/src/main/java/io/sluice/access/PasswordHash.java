package io.sluice.access;

/** A hashed password in its encoded form; never shown, not even in logs. */
public record PasswordHash(String encoded) {

    @Override
    public String toString() {
        return "PasswordHash[hidden]";
    }
}
