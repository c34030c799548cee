package io.sluice.web;

import io.sluice.shared.FieldError;
import io.sluice.shared.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.NotAcceptableStatusException;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebInputException;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.node.ObjectNode;

/** Problems as RFC 9457 says, with a stable {@code code}: the one place that knows their statuses. */
public final class Problems {

    private static final ObjectReader KEPT =
            Json.MAPPER.reader().with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private Problems() {}

    public static HttpStatus statusOf(Problem problem) {
        return switch (problem) {
            case Problem.Invalid _ -> HttpStatus.BAD_REQUEST;
            case Problem.Unauthenticated _ -> HttpStatus.UNAUTHORIZED;
            case Problem.Forbidden _ -> HttpStatus.FORBIDDEN;
            case Problem.NotFound _ -> HttpStatus.NOT_FOUND;
            case Problem.Conflict _ -> HttpStatus.CONFLICT;
            case Problem.Stale _ -> HttpStatus.PRECONDITION_FAILED;
            case Problem.TooLarge _ -> HttpStatus.CONTENT_TOO_LARGE;
            case Problem.Contradiction _ -> HttpStatus.UNPROCESSABLE_CONTENT;
            case Problem.VersionRequired _ -> HttpStatus.PRECONDITION_REQUIRED;
            case Problem.TooMany _ -> HttpStatus.TOO_MANY_REQUESTS;
            case Problem.Unavailable _ -> HttpStatus.SERVICE_UNAVAILABLE;
            case Problem.TimedOut _ -> HttpStatus.GATEWAY_TIMEOUT;
        };
    }

    /** The status that an error of a request will get. */
    static int statusOf(Throwable error) {
        return switch (translate(error)) {
            case Problem problem -> statusOf(problem).value();
            case ResponseStatusException refused -> refused.getStatusCode().value();
            default -> HttpStatus.INTERNAL_SERVER_ERROR.value();
        };
    }

    /** True for answers that a repetition of the same command would get again. */
    static boolean isFinal(Throwable error) {
        return error instanceof Problem.Conflict
                || error instanceof Problem.Contradiction
                || error instanceof Problem.NotFound
                || error instanceof Problem.Stale;
    }

    public static Duration retryAfter(Problem problem) {
        return switch (problem) {
            case Problem.TooMany limit -> limit.retryAfter();
            case Problem.Unavailable away -> away.retryAfter();
            default -> Duration.ZERO;
        };
    }

    public static Map<String, Object> body(Problem problem, RequestIdentity asker) {
        Map<String, Object> body = body(statusOf(problem), problem.code(), problem.detail(), asker);
        List<FieldError> errors =
                switch (problem) {
                    case Problem.Invalid invalid -> invalid.errors();
                    case Problem.Contradiction contradiction -> contradiction.errors();
                    default -> List.of();
                };
        if (!errors.isEmpty()) {
            body.put("errors", errors);
        }
        problem.details().forEach(body::putIfAbsent);
        return body;
    }

    /** As it is kept for repetitions, each of which is answered for its own asker: see {@link #answered}. */
    public static String kept(Problem problem) {
        Map<String, Object> body = body(problem, RequestIdentity.UNKNOWN);
        body.remove("traceId");
        return Json.write(body);
    }

    /** The kept problem in the language and with the trace of the request that it answers now. */
    static String answered(String kept, RequestIdentity asker) {
        ObjectNode body = (ObjectNode) KEPT.readTree(kept);
        String title = body.path("title").stringValue("");
        body.put("title", Titles.of(body.path("code").stringValue(""), asker.language(), title));
        body.put("traceId", asker.traceId());
        return Json.write(body);
    }

    static void setLanguage(HttpHeaders headers, RequestIdentity asker) {
        headers.setContentLanguage(asker.language());
        headers.add(HttpHeaders.VARY, HttpHeaders.ACCEPT_LANGUAGE);
    }

    /** The problem of one line among many: without what belongs to the request as a whole. */
    public static Map<String, Object> brief(Problem problem) {
        Map<String, Object> body = body(problem, RequestIdentity.UNKNOWN);
        List.of("type", "title", "traceId", "at").forEach(body::remove);
        return body;
    }

    static Map<String, Object> unexpected(RequestIdentity asker) {
        return body(HttpStatus.INTERNAL_SERVER_ERROR, "internal", "an unexpected error, see the trace", asker);
    }

    /** What the framework or the libraries below it refuse, by the name of its status. */
    static Map<String, Object> refusal(HttpStatus status, RequestIdentity asker) {
        return status == HttpStatus.BAD_REQUEST
                ? body(malformed(), asker)
                : body(status, codeOf(status), status.getReasonPhrase(), asker);
    }

    private static String codeOf(HttpStatus status) {
        return status.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Problem malformed() {
        return new Problem.Invalid("invalid-request", "the request is malformed", List.of());
    }

    static Map<String, Object> body(HttpStatus status, String code, String detail, RequestIdentity asker) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", "urn:sluice:problem:" + code);
        body.put("title", Titles.of(code, asker.language(), status.getReasonPhrase()));
        body.put("status", status.value());
        body.put("code", code);
        body.put("detail", detail);
        body.put("traceId", asker.traceId());
        body.put("at", Instant.now().toString());
        return body;
    }

    /** The framework's refusals by our codes; anything else is unexpected and passes as null's stand-in, itself. */
    static Throwable translate(Throwable error) {
        return switch (error) {
            case Problem problem -> problem;
            case MethodNotAllowedException _ -> error;
            case NotAcceptableStatusException _ -> error;
            case UnsupportedMediaTypeStatusException _ -> error;
            case ResponseStatusException status
            when status.getStatusCode().value() == 404 -> new Problem.NotFound("route", "");
            case ServerWebInputException input
            when input.getMethodParameter() != null -> malformed(input.getMethodParameter());
            case ResponseStatusException status when status.getStatusCode().value() == 400 -> malformed();
            default -> error;
        };
    }

    /** A variable of the path, the only thing that the framework itself converts. */
    private static Problem malformed(MethodParameter variable) {
        String name = variable.getParameterName();
        String wanted = variable.getParameterType() == UUID.class ? "a UUID" : "a number";
        return Problem.Invalid.field(name == null ? "path" : name, "wrong-type", wanted + " is expected");
    }
}
