package io.sluice.access.security;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.access.AddressGuard;
import io.sluice.access.PasswordPolicy;
import io.sluice.access.Passwords;
import io.sluice.access.SealedKeys;
import io.sluice.access.Sessions;
import io.sluice.access.Tokens;
import io.sluice.log.AnchorSeal;
import io.sluice.log.FollowedTenants;
import io.sluice.postgres.DatabaseSettings;
import io.sluice.web.Cursors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.util.function.SingletonSupplier;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Keys, tokens, password hashing, and the identities behind tokens. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AccessSettings.class)
class SecurityConfiguration {

    private static final String HASHING = "password-hashing";

    @Bean
    MasterKey masterKey(
            @Value("${sluice.master.key:#{null}}") @Nullable String key,
            @Value("${sluice.home:.sluice}") Path home,
            DatabaseSettings database) {
        if (key != null && !key.isBlank()) {
            return MasterKey.of(key);
        }
        if (database.url() != null) {
            throw new IllegalStateException(
                    MasterKey.VARIABLE + " (32 bytes in base64) must be set when sluice.database.url is");
        }
        return MasterKey.ofHome(home);
    }

    @Bean
    Cursors cursors(MasterKey master) {
        return new Cursors(master.derive("cursors", "HmacSHA256"));
    }

    @Bean
    AnchorSeal anchorSeal(MasterKey master) {
        return new SealedAnchors(master);
    }

    /** Seeds itself once: the platform's default reads its device each time, which an event loop must not. */
    @Bean
    SecureRandom secureRandom() throws NoSuchAlgorithmException {
        SecureRandom random = SecureRandom.getInstance("DRBG");
        random.nextInt();
        return random;
    }

    @Bean(name = HASHING, destroyMethod = "dispose")
    Scheduler passwordHashing(AccessSettings settings) {
        int waiting = Math.max(1, settings.hashingQueue() / settings.hashingThreads());
        return Schedulers.newBoundedElastic(settings.hashingThreads(), waiting, HASHING);
    }

    @Bean
    Passwords passwords(@Qualifier(HASHING) Scheduler threads, MeterRegistry meters) {
        return new Argon2Passwords(threads, meters.counter("sluice_scheduler_rejected_total", "name", HASHING));
    }

    @Bean
    PasswordPolicy passwordPolicy() {
        try {
            String list =
                    new ClassPathResource("access/common-passwords.txt").getContentAsString(StandardCharsets.UTF_8);
            return new PasswordPolicy(
                    list.lines().filter(line -> !line.isBlank()).collect(Collectors.toSet()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Bean
    SigningKeys signingKeys(
            SealedKeys store,
            MasterKey master,
            SecureRandom random,
            @Qualifier(HASHING) Scheduler threads,
            Clock clock) {
        return new SigningKeys(store, master.derive("signing keys", "AES"), random, threads, clock);
    }

    @Bean
    KeyRotation keyRotation(SigningKeys keys, AccessSettings settings) {
        return new KeyRotation(keys, settings.rotation());
    }

    @Bean
    Tokens tokens(SigningKeys keys, MasterKey master, SecureRandom random, Clock clock) {
        return new JoseTokens(keys, master.derive("refresh tokens", "HmacSHA256"), random, clock);
    }

    @Bean
    AddressGuard addressGuard(AccessSettings settings, Clock clock) {
        return new FailuresByAddress(settings.addressFailures(), clock);
    }

    @Bean
    CachedIdentities identities(
            Tokens tokens,
            Sessions sessions,
            ObjectProvider<FollowedTenants> followed,
            AccessSettings settings,
            Clock clock) {
        var log =
                SingletonSupplier.of(() -> followed.getIfAvailable(() -> _ -> false)); // it may need identities itself
        return new CachedIdentities(
                tokens, sessions, tenant -> log.obtain().follows(tenant), settings.recheck(), clock);
    }
}
