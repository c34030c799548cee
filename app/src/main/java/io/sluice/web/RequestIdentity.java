package io.sluice.web;

import io.sluice.shared.Ids;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

/**
 * What names a request in answers, events and logs: its own id and the trace it belongs to (W3C traceparent); and the
 * languages in which its sender wants to read of problems, as {@code Accept-Language}.
 */
public record RequestIdentity(
        String requestId, String traceId, @Nullable String languages) {

    /** Of what is written before it is known who will read it. */
    public static final RequestIdentity UNKNOWN = new RequestIdentity("none", "none", null);

    private static final String ATTRIBUTE = RequestIdentity.class.getName();
    private static final Pattern TRACEPARENT = Pattern.compile("00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}");

    public static RequestIdentity of(ServerWebExchange exchange) {
        return (RequestIdentity) exchange.getAttributes()
                .computeIfAbsent(ATTRIBUTE, _ -> of(exchange.getRequest().getHeaders()));
    }

    private static RequestIdentity of(HttpHeaders headers) {
        return of(headers.getFirst("traceparent"), headers.getFirst(HttpHeaders.ACCEPT_LANGUAGE));
    }

    /** @param traceparent the caller's; without a valid one the request begins a trace */
    public static RequestIdentity of(@Nullable String traceparent, @Nullable String languages) {
        String requestId = Ids.next().toString();
        var matcher = traceparent == null ? null : TRACEPARENT.matcher(traceparent);
        return new RequestIdentity(
                requestId,
                matcher != null && matcher.matches() ? matcher.group(1) : requestId.replace("-", ""),
                languages);
    }

    Locale language() {
        return Titles.languageOf(languages);
    }

    /** The header that makes another request part of this trace. */
    public String traceparent() {
        return "00-" + traceId + "-" + traceId.substring(16) + "-01";
    }
}
