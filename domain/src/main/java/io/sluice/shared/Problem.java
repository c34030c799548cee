package io.sluice.shared;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Everything that can end a request without its wished answer, with a stable code. One place at each mouth turns it
 * into the status of that mouth by a {@code switch} over these kinds. Carries no stack trace: it is an answer.
 */
public abstract sealed class Problem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String code;
    private final transient Map<String, Object> details;

    private Problem(String code, String message, Map<String, Object> details) {
        super(message, null, false, false);
        this.code = code;
        this.details = Map.copyOf(details);
    }

    public final String code() {
        return code;
    }

    /** The detail as a sentence; never null, unlike {@link #getMessage()} in general. */
    public final String detail() {
        String message = getMessage();
        return message == null ? code : message;
    }

    /** Figures that belong to the answer, by the name of their JSON field. */
    public final Map<String, Object> details() {
        return details;
    }

    /** A field is missing, malformed, out of range or unknown (400). */
    public static final class Invalid extends Problem {

        private static final long serialVersionUID = 1L;
        private final transient List<FieldError> errors;

        public Invalid(List<FieldError> errors) {
            this(
                    "invalid-request",
                    errors.isEmpty() ? "invalid request" : errors.getFirst().message(),
                    errors);
        }

        public Invalid(String code, String message, List<FieldError> errors) {
            super(code, message, Map.of());
            this.errors = List.copyOf(errors);
        }

        public static Invalid field(String field, String code, String message) {
            return new Invalid(List.of(new FieldError(field, code, message)));
        }

        public List<FieldError> errors() {
            return errors;
        }
    }

    /** No valid identity (401). */
    public static final class Unauthenticated extends Problem {
        private static final long serialVersionUID = 1L;

        public Unauthenticated(String code, String message) {
            super(code, message, Map.of());
        }
    }

    /** The permission is missing (403). */
    public static final class Forbidden extends Problem {
        private static final long serialVersionUID = 1L;

        public Forbidden(String code, String message) {
            super(code, message, Map.of());
        }

        public static Forbidden permission(String permission) {
            return new Forbidden("forbidden", "permission " + permission + " is required");
        }
    }

    /** Unknown, out of scope, or of another tenant: the asker cannot tell which (404). */
    public static final class NotFound extends Problem {
        private static final long serialVersionUID = 1L;

        public NotFound(String kind, Object id) {
            super("not-found", kind + " " + id + " does not exist", Map.of());
        }
    }

    /** Refused by the present state (409). */
    public static final class Conflict extends Problem {
        private static final long serialVersionUID = 1L;

        public Conflict(String code, String message) {
            super(code, message, Map.of());
        }

        public Conflict(String code, String message, Map<String, Object> details) {
            super(code, message, details);
        }
    }

    /** The version named by {@code If-Match} is not the current one (412). */
    public static final class Stale extends Problem {
        private static final long serialVersionUID = 1L;

        public Stale(long currentVersion) {
            super(
                    "stale-version",
                    "the current version is " + currentVersion,
                    Map.of("currentVersion", currentVersion));
        }
    }

    /** A change without {@code If-Match} (428). */
    public static final class VersionRequired extends Problem {
        private static final long serialVersionUID = 1L;

        public VersionRequired() {
            super("version-required", "send If-Match with the ETag that you read", Map.of());
        }
    }

    /** A reference that does not exist, or fields that contradict each other (422). */
    public static final class Contradiction extends Problem {
        private static final long serialVersionUID = 1L;
        private final transient List<FieldError> errors;

        public Contradiction(String code, String field, String message) {
            super(code, message, Map.of());
            this.errors = List.of(new FieldError(field, code, message));
        }

        public List<FieldError> errors() {
            return errors;
        }
    }

    /** The body or frame is larger than allowed (413). */
    public static final class TooLarge extends Problem {
        private static final long serialVersionUID = 1L;

        public TooLarge(String code, String message) {
            super(code, message, Map.of());
        }
    }

    /** A limit of the caller is used up (429). */
    public static final class TooMany extends Problem {
        private static final long serialVersionUID = 1L;
        private final Duration retryAfter;

        public TooMany(String code, String message, Duration retryAfter) {
            super(code, message, Map.of());
            this.retryAfter = retryAfter;
        }

        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /** The server or something that it needs cannot serve now; the same request may be repeated (503). */
    public static final class Unavailable extends Problem {
        private static final long serialVersionUID = 1L;
        private final Duration retryAfter;

        public Unavailable(String code, String message, Duration retryAfter) {
            super(code, message, Map.of());
            this.retryAfter = retryAfter;
        }

        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /** A limit of time passed and the work was cancelled (504). */
    public static final class TimedOut extends Problem {
        private static final long serialVersionUID = 1L;

        public TimedOut(String code, String message) {
            super(code, message, Map.of());
        }
    }
}
