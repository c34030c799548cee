package io.sluice.access.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.access.PasswordHash;
import io.sluice.shared.Problem;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class Argon2PasswordsTest {

    private final Scheduler threads = Schedulers.newBoundedElastic(1, 1, "password-hashing");
    private final Argon2Passwords passwords =
            new Argon2Passwords(threads, new SimpleMeterRegistry().counter("rejected"));

    @AfterEach
    void stop() {
        threads.dispose();
    }

    private PasswordHash hash() {
        return Objects.requireNonNull(passwords.hash("correct and long").block());
    }

    @Test
    void knowsThePasswordAgain() {
        assertThat(hash().encoded()).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
        passwords
                .matches("correct and long", hash())
                .as(StepVerifier::create)
                .expectNext(true)
                .verifyComplete();
        passwords
                .matches("wrong and long", hash())
                .as(StepVerifier::create)
                .expectNext(false)
                .verifyComplete();
    }

    @Test
    void matchesNothingWithoutAHash() {
        passwords
                .matches("a password that nobody has", null)
                .as(StepVerifier::create)
                .expectNext(false)
                .verifyComplete();
    }

    @Test
    void hashesOnItsOwnThreads() {
        passwords
                .hash("correct and long")
                .map(_ -> Thread.currentThread().getName())
                .as(StepVerifier::create)
                .expectNextMatches(name -> name.startsWith("password-hashing"))
                .verifyComplete();
    }

    @Test
    void refusesMoreThanMayWait() {
        Flux.range(0, 50)
                .flatMap(_ -> passwords.hash("correct and long"), 50)
                .as(StepVerifier::create)
                .thenConsumeWhile(_ -> true)
                .verifyErrorSatisfies(error -> assertThat(error)
                        .isInstanceOfSatisfying(Problem.Unavailable.class, it -> assertThat(it.code())
                                .isEqualTo("overloaded")));
    }
}
