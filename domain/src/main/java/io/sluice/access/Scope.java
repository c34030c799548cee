package io.sluice.access;

import java.util.HashSet;
import java.util.Set;

/** Which rows of one kind a grant covers: all of them, or those listed. An empty list covers none. */
public sealed interface Scope<T> {

    record All<T>() implements Scope<T> {}

    record Only<T>(Set<T> ids) implements Scope<T> {
        public Only {
            ids = Set.copyOf(ids);
        }
    }

    static <T> Scope<T> all() {
        return new All<>();
    }

    static <T> Scope<T> none() {
        return new Only<>(Set.of());
    }

    static <T> Scope<T> only(Set<T> ids) {
        return new Only<>(ids);
    }

    default boolean covers(T id) {
        return switch (this) {
            case All<T> _ -> true;
            case Only<T>(var ids) -> ids.contains(id);
        };
    }

    default boolean isAll() {
        return this instanceof All<T>;
    }

    default boolean isEmpty() {
        return this instanceof Only<T>(var ids) && ids.isEmpty();
    }

    default Scope<T> or(Scope<T> other) {
        if (this instanceof Only<T>(var mine) && other instanceof Only<T>(var theirs)) {
            Set<T> both = new HashSet<>(mine);
            both.addAll(theirs);
            return new Only<>(both);
        }
        return all();
    }
}
