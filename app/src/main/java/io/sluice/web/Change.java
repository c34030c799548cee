package io.sluice.web;

import org.jspecify.annotations.Nullable;

/**
 * A field of a PATCH: left out, or sent with a value, where null means "remove". As the type of a record component
 * that {@link Binder} fills.
 */
public record Change<T>(boolean sent, @Nullable T value) {

    public static <T> Change<T> none() {
        return new Change<>(false, null);
    }

    public static <T> Change<T> to(@Nullable T value) {
        return new Change<>(true, value);
    }

    /** The new value when one was sent, else the old one. */
    public @Nullable T over(@Nullable T old) {
        return sent ? value : old;
    }
}
