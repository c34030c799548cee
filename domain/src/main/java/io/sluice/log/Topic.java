package io.sluice.log;

import io.sluice.shared.Ids;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * An address that events carry and readers ask for: {@code kind:id}, a feed or a bare kind ({@code stock},
 * {@code tenant}), or {@code kind:*} for all of a kind that the reader may see.
 */
public record Topic(Kind kind, String id) {

    public static final Topic TENANT = new Topic(Kind.TENANT, "");
    public static final Topic SYSTEM = new Topic(Kind.SYSTEM, "");
    public static final Topic STOCK = new Topic(Kind.STOCK, "");
    private static final Pattern NAME = Pattern.compile("[a-z_]{1,40}");

    /** What topics there are. A bare kind has no id; the others name one, or {@code *}. */
    public enum Kind {
        TENANT(true),
        SYSTEM(true),
        STOCK(true),
        USER(false),
        ROLE(false),
        LOCATION(false),
        PART(false),
        CATEGORY(false),
        ALERT(false),
        JOB(false);

        private final boolean bare;
        private final String word = name().toLowerCase(Locale.ROOT);

        Kind(boolean bare) {
            this.bare = bare;
        }

        public String word() {
            return word;
        }

        static Optional<Kind> of(String word) {
            for (Kind kind : values()) {
                if (kind.word.equals(word)) {
                    return Optional.of(kind);
                }
            }
            return Optional.empty();
        }
    }

    public Topic {
        if (kind.bare != id.isEmpty()) {
            throw new IllegalArgumentException(
                    "topic " + kind.word + (kind.bare ? " takes no id: " : " needs an id: ") + id);
        }
    }

    public static Topic location(UUID id) {
        return new Topic(Kind.LOCATION, id.toString());
    }

    public static Topic part(UUID id) {
        return new Topic(Kind.PART, id.toString());
    }

    public static Topic category(UUID id) {
        return new Topic(Kind.CATEGORY, id.toString());
    }

    public static Topic alert(UUID id) {
        return new Topic(Kind.ALERT, id.toString());
    }

    public static Topic job(UUID id) {
        return new Topic(Kind.JOB, id.toString());
    }

    public static Topic user(String id) {
        return new Topic(Kind.USER, id);
    }

    public static Topic role(String name) {
        return new Topic(Kind.ROLE, name);
    }

    /** The topic written so, or empty: exact match only, ids in their canonical lower-case form. */
    public static Optional<Topic> parse(String text) {
        int colon = text.indexOf(':');
        String word = colon < 0 ? text : text.substring(0, colon);
        String id = colon < 0 ? "" : text.substring(colon + 1);
        return Kind.of(word)
                .filter(kind -> kind.bare == (colon < 0) && fits(kind, id))
                .map(kind -> new Topic(kind, id));
    }

    private static boolean fits(Kind kind, String id) {
        return switch (kind) {
            case TENANT, SYSTEM, STOCK -> id.isEmpty();
            case ROLE -> id.equals("*") || NAME.matcher(id).matches();
            case USER, LOCATION, PART, CATEGORY, ALERT, JOB -> id.equals("*") || isCanonicalUuid(id);
        };
    }

    private static boolean isCanonicalUuid(String id) {
        try {
            return Ids.of(id).toString().equals(id);
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    public boolean isWildcard() {
        return id.equals("*");
    }

    /** {@code kind:*} for this topic's kind, or the topic itself when its kind is bare. */
    public Topic wildcard() {
        return kind.bare ? this : new Topic(kind, "*");
    }

    public UUID uuid() {
        return UUID.fromString(id);
    }

    @Override
    public String toString() {
        return kind.bare ? kind.word : kind.word + ":" + id;
    }
}
