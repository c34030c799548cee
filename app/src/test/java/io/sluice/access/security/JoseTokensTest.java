package io.sluice.access.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.sluice.access.SealedKey;
import io.sluice.access.SealedKeys;
import io.sluice.access.Tokens;
import io.sluice.shared.Problem;
import io.sluice.shared.TenantId;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.Date;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class JoseTokensTest {

    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    private static final MasterKey MASTER = MasterKey.of("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
    private static final Tokens.Access ACCESS = new Tokens.Access(
            new TenantId(new UUID(0, 1)), new UUID(0, 2), new UUID(0, 3), NOON, NOON.plus(Duration.ofMinutes(15)));

    private final InMemorySealedKeys store = new InMemorySealedKeys();

    /** Keeps what it is given, newest first. */
    private static final class InMemorySealedKeys implements SealedKeys {

        private final ConcurrentSkipListSet<SealedKey> keys = new ConcurrentSkipListSet<>(
                Comparator.comparing(SealedKey::createdAt).reversed().thenComparing(SealedKey::id));

        @Override
        public Flux<SealedKey> all() {
            return Flux.defer(() -> Flux.fromIterable(keys));
        }

        @Override
        public Mono<Void> store(SealedKey key, int kept) {
            return Mono.fromRunnable(() -> {
                keys.add(key);
                keys.stream().skip(kept).toList().forEach(keys::remove);
            });
        }
    }

    private SigningKeys keysAt(Instant now) {
        return new SigningKeys(
                store,
                MASTER.derive("signing keys", "AES"),
                new SecureRandom(),
                Schedulers.boundedElastic(),
                Clock.fixed(now, ZoneOffset.UTC));
    }

    private JoseTokens tokensAt(Instant now) {
        return new JoseTokens(
                keysAt(now),
                MASTER.derive("refresh tokens", "HmacSHA256"),
                new SecureRandom(),
                Clock.fixed(now, ZoneOffset.UTC));
    }

    private String signed() {
        return Objects.requireNonNull(tokensAt(NOON).sign(ACCESS).block());
    }

    private String signed(UnaryOperator<JWTClaimsSet.Builder> change) throws Exception {
        SigningKeys.Key key = Objects.requireNonNull(keysAt(NOON).newest().block());
        var claims = new JWTClaimsSet.Builder()
                .issuer("sluice")
                .audience("sluice")
                .subject(ACCESS.account().toString())
                .claim("tid", ACCESS.tenant().toString())
                .claim("sid", ACCESS.session().toString())
                .issueTime(Date.from(NOON))
                .expirationTime(Date.from(ACCESS.expiresAt()));
        var token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.id()).build(),
                change.apply(claims).build());
        token.sign(key.signer());
        return token.serialize();
    }

    private void assertRefused(String token, Instant now, String code) {
        tokensAt(now).verify(token).as(StepVerifier::create).verifyErrorSatisfies(error -> assertThat(error)
                .isInstanceOfSatisfying(Problem.Unauthenticated.class, it -> assertThat(it.code())
                        .isEqualTo(code)));
    }

    @Test
    void readsWhatItSigned() {
        tokensAt(NOON)
                .verify(signed())
                .as(StepVerifier::create)
                .expectNext(ACCESS)
                .verifyComplete();
    }

    @Test
    void refusesATokenAfterItsTime() {
        String token = signed();

        tokensAt(NOON.plusSeconds(899))
                .verify(token)
                .as(StepVerifier::create)
                .expectNext(ACCESS)
                .verifyComplete();
        assertRefused(token, NOON.plusSeconds(900), "token-expired");
    }

    @Test
    void refusesATokenForAnotherAudienceFromAnotherIssuerOrWithoutASubject() throws Exception {
        assertRefused(signed(claims -> claims.audience("somebody else")), NOON, "unauthenticated");
        assertRefused(signed(claims -> claims.issuer("somebody else")), NOON, "unauthenticated");
        assertRefused(signed(claims -> claims.subject(null)), NOON, "unauthenticated");
        assertRefused(signed(claims -> claims.claim("tid", null)), NOON, "unauthenticated");
        assertRefused(signed(claims -> claims.claim("sid", "no session")), NOON, "unauthenticated");
        assertRefused(signed(claims -> claims.expirationTime(null)), NOON, "unauthenticated");
    }

    @Test
    void refusesWhatWasChangedOrIsNoToken() {
        String token = signed();

        assertRefused(token.substring(0, token.length() - 4) + "AAAA", NOON, "unauthenticated");
        assertRefused("", NOON, "unauthenticated");
        assertRefused("a.b.c", NOON, "unauthenticated");
        assertRefused("x".repeat(100_000), NOON, "unauthenticated");
    }

    @Test
    void keepsOldTokensValidThroughOneRotation() {
        String token = signed();
        SigningKeys.Key before = Objects.requireNonNull(keysAt(NOON).newest().block());
        SigningKeys.Key after =
                Objects.requireNonNull(keysAt(NOON.plusSeconds(1)).rotate().block());

        assertThat(after.id()).isNotEqualTo(before.id());
        tokensAt(NOON.plusSeconds(2))
                .verify(token)
                .as(StepVerifier::create)
                .expectNext(ACCESS)
                .verifyComplete();

        keysAt(NOON.plusSeconds(3)).rotate().block();

        assertRefused(token, NOON.plusSeconds(4), "unauthenticated");
    }

    @Test
    void makesANewKeyOnlyWhenTheNewestIsOldEnough() {
        keysAt(NOON).newest().block();

        keysAt(NOON.plus(Duration.ofDays(89))).rotateAfter(Duration.ofDays(90)).block();
        assertThat(store.keys).hasSize(1);

        keysAt(NOON.plus(Duration.ofDays(91))).rotateAfter(Duration.ofDays(90)).block();
        assertThat(store.keys).hasSize(2);
    }

    @Test
    void keepsThePrivateKeySealed() {
        signed();

        assertThat(store.keys.first().publicJwk()).doesNotContain("\"d\"");
        assertThat(new String(store.keys.first().sealed(), java.nio.charset.StandardCharsets.ISO_8859_1))
                .doesNotContain("\"d\"");
    }

    @Test
    void readsTheRefreshTokensThatItSealed() {
        Tokens.Refresh refresh = new Tokens.Refresh(new TenantId(new UUID(1, 2)), new UUID(3, 4), 5);
        String token = Objects.requireNonNull(tokensAt(NOON).seal(refresh).block());

        tokensAt(NOON).open(token).as(StepVerifier::create).expectNext(refresh).verifyComplete();
        tokensAt(NOON).open(token.substring(2)).as(StepVerifier::create).verifyError(Problem.Unauthenticated.class);
        tokensAt(NOON).open("%%%").as(StepVerifier::create).verifyError(Problem.Unauthenticated.class);
    }
}
