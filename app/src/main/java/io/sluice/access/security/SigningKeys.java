package io.sluice.access.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.sluice.access.SealedKey;
import io.sluice.access.SealedKeys;
import io.sluice.shared.Ids;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** The two newest key pairs: both are good for checking, the newest signs. Shared by all nodes through the database. */
final class SigningKeys {

    static final int VALID = 2;
    private static final int NONCE = 12;
    private static final Duration REREAD = Duration.ofSeconds(1);

    private final SealedKeys store;
    private final SecretKey seal;
    private final SecureRandom random;
    private final Scheduler threads;
    private final Clock clock;
    private volatile Read read = new Read(List.of(), Instant.MIN);

    /** @param threads where keys are made and opened */
    SigningKeys(SealedKeys store, SecretKey seal, SecureRandom random, Scheduler threads, Clock clock) {
        this.store = store;
        this.seal = seal;
        this.random = random;
        this.threads = threads;
        this.clock = clock;
    }

    /** A key pair, ready to use. */
    record Key(String id, ECKey publicKey, ECDSASigner signer, ECDSAVerifier verifier, Instant createdAt) {}

    private record Read(List<Key> keys, Instant at) {}

    /** Newest first. */
    Flux<Key> all() {
        return Mono.defer(() -> read.keys().isEmpty() ? reread() : Mono.just(read))
                .flatMapIterable(Read::keys);
    }

    Mono<Key> newest() {
        return all().next().switchIfEmpty(Mono.defer(this::rotate));
    }

    /** The key of the id, or empty. An unknown one may be newer than what was read: looked up once a second at most. */
    Mono<Key> find(String id) {
        return all().filter(key -> key.id().equals(id)).next().switchIfEmpty(Mono.defer(() -> findAnew(id)));
    }

    private Mono<Key> findAnew(String id) {
        return clock.instant().isBefore(read.at().plus(REREAD))
                ? Mono.empty()
                : reread().flatMapIterable(Read::keys)
                        .filter(key -> key.id().equals(id))
                        .next();
    }

    /** Reads the keys again and makes a new one when the newest is older than the age, or there is none. */
    Mono<Key> rotateAfter(Duration age) {
        return reread().flatMapIterable(Read::keys)
                .next()
                .filter(key -> key.createdAt().plus(age).isAfter(clock.instant()))
                .switchIfEmpty(Mono.defer(this::rotate));
    }

    Mono<Key> rotate() {
        return Mono.fromCallable(this::make)
                .subscribeOn(threads)
                .flatMap(key -> store.store(key, VALID).then(reread()).then(newest()));
    }

    private Mono<Read> reread() {
        return store.all()
                .take(VALID)
                .collectList()
                .publishOn(threads) // opening a key is arithmetic of a millisecond and more
                .map(kept -> new Read(kept.stream().map(this::open).toList(), clock.instant()))
                .doOnNext(fresh -> read = fresh);
    }

    private SealedKey make() throws JOSEException, GeneralSecurityException {
        ECKey pair = new ECKeyGenerator(Curve.P_256)
                .keyID(Ids.next().toString())
                .keyUse(KeyUse.SIGNATURE)
                .algorithm(JWSAlgorithm.ES256)
                .generate();
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        byte[] secret = cipher(Cipher.ENCRYPT_MODE, nonce, pair.getKeyID())
                .doFinal(pair.toJSONString().getBytes(StandardCharsets.UTF_8));
        byte[] box = Arrays.copyOf(nonce, NONCE + secret.length);
        System.arraycopy(secret, 0, box, NONCE, secret.length);
        return new SealedKey(pair.getKeyID(), pair.toPublicJWK().toJSONString(), box, clock.instant());
    }

    private Key open(SealedKey kept) {
        try {
            byte[] nonce = Arrays.copyOf(kept.sealed(), NONCE);
            byte[] secret = cipher(Cipher.DECRYPT_MODE, nonce, kept.id())
                    .doFinal(kept.sealed(), NONCE, kept.sealed().length - NONCE);
            ECKey pair = ECKey.parse(new String(secret, StandardCharsets.UTF_8));
            ECDSASigner signer = new ECDSASigner(pair);
            signer.getJCAContext().setSecureRandom(random);
            return new Key(
                    kept.id(), pair.toPublicJWK(), signer, new ECDSAVerifier(pair.toPublicJWK()), kept.createdAt());
        } catch (GeneralSecurityException | JOSEException | ParseException e) {
            throw new IllegalStateException(
                    "a signing key does not open: is " + MasterKey.VARIABLE + " the one it was sealed with?", e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String id) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, seal, new GCMParameterSpec(128, nonce));
        cipher.updateAAD(id.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
