package io.sluice.access.security;

import io.micrometer.core.instrument.Counter;
import io.sluice.access.PasswordHash;
import io.sluice.access.Passwords;
import io.sluice.shared.Problem;
import java.text.Normalizer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Argon2id with the parameters that OWASP recommends (19 MiB, 2 passes), on the threads made for it. */
final class Argon2Passwords implements Passwords {

    private static final Duration SOON = Duration.ofSeconds(1);

    private final Argon2PasswordEncoder encoder = new Argon2PasswordEncoder(16, 32, 1, 19_456, 2);
    private final Scheduler threads;
    private final Counter rejected;
    private final String dummy;

    Argon2Passwords(Scheduler threads, Counter rejected) {
        this.threads = threads;
        this.rejected = rejected;
        this.dummy = Objects.requireNonNull(encoder.encode("a password that nobody has"));
    }

    @Override
    public Mono<PasswordHash> hash(String password) {
        return slowly(() -> encoder.encode(normal(password))).map(PasswordHash::new);
    }

    @Override
    public Mono<Boolean> matches(String password, @Nullable PasswordHash hash) {
        return hash == null
                ? slowly(() -> encoder.matches(normal(password), dummy)).map(_ -> false)
                : slowly(() -> encoder.matches(normal(password), hash.encoded()));
    }

    private <T> Mono<T> slowly(Callable<T> work) {
        return Mono.fromCallable(work)
                .subscribeOn(threads)
                .onErrorMap(RejectedExecutionException.class, _ -> overloaded());
    }

    private Problem overloaded() {
        rejected.increment();
        return new Problem.Unavailable("overloaded", "too many logins at once", SOON);
    }

    /** The same password typed on different keyboards is the same text. */
    private static String normal(String password) {
        return Normalizer.normalize(password, Normalizer.Form.NFC);
    }
}
