package io.sluice.log;

import org.jspecify.annotations.Nullable;

/** The answer of a command as it is kept for its repetitions. {@code position} is 0 when nothing was written. */
public record StoredAnswer(
        int status,
        String body,
        @Nullable String etag,
        @Nullable String location,
        long position,
        boolean replayed) {

    public static StoredAnswer of(int status, String body) {
        return new StoredAnswer(status, body, null, null, 0, false);
    }

    public StoredAnswer at(long committed) {
        return new StoredAnswer(status, body, etag, location, committed, replayed);
    }
}
