package io.sluice.log;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A caller's name for one command, so that repeating it has no second effect: unique in its scope (principal and
 * route, or the source of an import). {@code digest} is the hash of the body, in hex: the same key with another digest
 * is refused. A key without a life is kept for ever.
 */
public record OnceKey(
        String scope, String key, String digest, @Nullable Duration life) {

    /** Scope and key as one text; unique, since scopes hold no NUL. */
    public String name() {
        return scope + '\0' + key;
    }
}
