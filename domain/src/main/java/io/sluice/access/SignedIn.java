package io.sluice.access;

import java.time.Instant;

/** What somebody who signed in is told. */
public record SignedIn(String accessToken, String refreshToken, Instant expiresAt, Account account) {

    @Override
    public String toString() {
        return "SignedIn[" + account.id() + "]";
    }
}
