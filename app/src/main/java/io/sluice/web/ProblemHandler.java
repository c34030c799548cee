package io.sluice.web;

import io.sluice.shared.Problem;
import java.util.Map;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/** Where an error of a request stops travelling: as problem details, logged once when it is the server's own. */
@Component
@Order(-2)
final class ProblemHandler implements WebExceptionHandler {

    private final Incidents incidents;

    ProblemHandler(Incidents incidents) {
        this.incidents = incidents;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable error) {
        ServerHttpResponse response = exchange.getResponse();
        Throwable problem = Problems.translate(error);
        if (!(problem instanceof ResponseStatusException)) {
            incidents.log(problem, placeOf(exchange));
        }
        if (response.isCommitted()) {
            return Mono.error(error);
        }
        response.getHeaders().remove(HttpHeaders.CONTENT_LENGTH);
        response.getHeaders().remove(HttpHeaders.ETAG);
        response.getHeaders().set(HttpHeaders.CACHE_CONTROL, "no-store");
        return write(exchange, response, problem);
    }

    private static Mono<Void> write(ServerWebExchange exchange, ServerHttpResponse response, Throwable error) {
        RequestIdentity asker = RequestIdentity.of(exchange);
        Problems.setLanguage(response.getHeaders(), asker);
        if (error instanceof Problem problem) {
            long seconds = Problems.retryAfter(problem).toSeconds();
            if (seconds > 0) {
                response.getHeaders().set(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
            }
            if (problem instanceof Problem.Unauthenticated) {
                response.getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
            }
            if (problem instanceof Problem.TooLarge && waits(exchange)) {
                response.getHeaders().setConnection("close");
            }
            return write(response, Problems.statusOf(problem), Problems.body(problem, asker));
        }
        if (error instanceof ResponseStatusException refused) {
            HttpStatus status = HttpStatus.valueOf(refused.getStatusCode().value());
            response.getHeaders().addAll(refused.getHeaders());
            return write(response, status, Problems.refusal(status, asker));
        }
        return write(response, HttpStatus.INTERNAL_SERVER_ERROR, Problems.unexpected(asker));
    }

    /** Who waits with the body for a word will not send it: the next request would be read as this one's body. */
    private static boolean waits(ServerWebExchange exchange) {
        return exchange.getRequest().getHeaders().getFirst(HttpHeaders.EXPECT) != null;
    }

    private static Incidents.Place placeOf(ServerWebExchange exchange) {
        return new Incidents.Place(
                RequestIdentity.of(exchange), Routes.nameOf(exchange), exchange.getAttribute(Call.PRINCIPAL));
    }

    private static Mono<Void> write(ServerHttpResponse response, HttpStatus status, Map<String, Object> body) {
        response.setStatusCode(status);
        response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(Json.bytes(body))));
    }
}
