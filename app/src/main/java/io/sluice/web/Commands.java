package io.sluice.web;

import io.sluice.log.Ledger;
import io.sluice.log.OnceKey;
import io.sluice.log.StoredAnswer;
import io.sluice.shared.Problem;
import java.net.URI;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Runs a command of a request as one unit of work and answers it: the first answer again when its
 * {@code Idempotency-Key} was used before, for 7 days, on every node.
 */
@Component
public final class Commands {

    public static final Duration KEY_LIFE = Duration.ofDays(7);

    private final Ledger ledger;

    Commands(Ledger ledger) {
        this.ledger = ledger;
    }

    /** Answers with the value as JSON, made inside the transaction. */
    public <T> Mono<ResponseEntity<String>> run(Call call, Mono<T> work, Function<T, StoredAnswer> toAnswer) {
        String key = call.idempotencyKey();
        Mono<StoredAnswer> answer = key == null
                ? ledger.commit(work.map(toAnswer)).map(done -> done.answer().at(done.position()))
                : once(call, key, work.map(toAnswer));
        return answer.map(it -> toResponse(it, call));
    }

    /**
     * As {@link #run}, for a command whose slow part runs before its transaction and would not pass a second time: a
     * repetition is answered without it.
     */
    public <P, T> Mono<ResponseEntity<String>> run(
            Call call, Mono<P> slow, Function<P, Mono<T>> work, Function<T, StoredAnswer> toAnswer) {
        Mono<ResponseEntity<String>> first = slow.flatMap(prepared -> run(call, work.apply(prepared), toAnswer));
        String key = call.idempotencyKey();
        return key == null
                ? first
                : ledger.find(onceKey(call, key))
                        .map(it -> toResponse(it, call))
                        .switchIfEmpty(first);
    }

    private Mono<StoredAnswer> once(Call call, String key, Mono<StoredAnswer> work) {
        OnceKey onceKey = onceKey(call, key);
        return ledger.commitOnce(onceKey, work)
                .onErrorResume(Problems::isFinal, error -> remembered(call, onceKey, (Problem) error));
    }

    /** A refusal changed nothing, so it can be kept in a transaction of its own; a mismatch is no first answer. */
    private Mono<StoredAnswer> remembered(Call call, OnceKey key, Problem problem) {
        if (problem.code().equals("idempotency-mismatch")) {
            return Mono.error(problem);
        }
        return ledger.remember(key, refusal(problem));
    }

    /** A refusal as it is kept under the key of its command. */
    public static StoredAnswer refusal(Problem problem) {
        return StoredAnswer.of(Problems.statusOf(problem).value(), Problems.kept(problem));
    }

    public static OnceKey onceKey(Call call, String key) {
        String scope = call.principal().account() + " " + call.route();
        String path = call.exchange().getRequest().getPath().value();
        return new OnceKey(scope, key, Bodies.digestOf(call.exchange()) + path, KEY_LIFE);
    }

    public static StoredAnswer created(Object body, long version, String location) {
        return new StoredAnswer(HttpStatus.CREATED.value(), Json.write(body), etag(version), location, 0, false);
    }

    public static StoredAnswer ok(Object body, long version) {
        return new StoredAnswer(HttpStatus.OK.value(), Json.write(body), etag(version), null, 0, false);
    }

    public static StoredAnswer ok(Object body) {
        return StoredAnswer.of(HttpStatus.OK.value(), Json.write(body));
    }

    public static StoredAnswer noContent() {
        return StoredAnswer.of(HttpStatus.NO_CONTENT.value(), "");
    }

    public static String etag(long version) {
        return "\"" + version + "\"";
    }

    public static ResponseEntity<String> toResponse(StoredAnswer answer, Call call) {
        HttpStatus status = HttpStatus.valueOf(answer.status());
        HttpHeaders headers = new HttpHeaders();
        set(headers, HttpHeaders.ETAG, answer.etag());
        if (answer.location() != null) {
            headers.setLocation(URI.create(answer.location()));
        }
        if (answer.position() > 0) {
            headers.set("Sluice-Position", Long.toString(answer.position()));
        }
        if (answer.replayed()) {
            headers.set("Idempotency-Replayed", "true");
        }
        if (answer.body().isEmpty()) {
            return ResponseEntity.status(status).headers(headers).build();
        }
        if (status.isError()) {
            RequestIdentity asker = RequestIdentity.of(call.exchange());
            headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
            Problems.setLanguage(headers, asker);
            return ResponseEntity.status(status).headers(headers).body(Problems.answered(answer.body(), asker));
        }
        headers.setContentType(MediaType.APPLICATION_JSON);
        return ResponseEntity.status(status).headers(headers).body(answer.body());
    }

    private static void set(HttpHeaders headers, String name, @Nullable String value) {
        if (value != null) {
            headers.set(name, value);
        }
    }
}
