package io.sluice.access.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.sluice.access.Tokens;
import io.sluice.shared.Ids;
import io.sluice.shared.Problem;
import io.sluice.shared.TenantId;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Access tokens as JWTs signed with ES256; refresh tokens as opaque bytes under an HMAC. */
final class JoseTokens implements Tokens {

    static final String ISSUER = "sluice";
    static final String AUDIENCE = "sluice";
    private static final String TICKET_AUDIENCE = "sluice-ticket";
    private static final String ACCESS_END = "end";
    private static final int LONGEST = 4096;
    private static final byte FORM = 1;
    private static final int RANDOM = 16;
    private static final int BODY = 1 + 16 + 16 + 4 + RANDOM;
    private static final int MAC = 32;

    private final SigningKeys keys;
    private final SecretKey refreshKey;
    private final SecureRandom random;
    private final Clock clock;

    JoseTokens(SigningKeys keys, SecretKey refreshKey, SecureRandom random, Clock clock) {
        this.keys = keys;
        this.refreshKey = refreshKey;
        this.random = random;
        this.clock = clock;
    }

    @Override
    public Mono<String> sign(Access access) {
        return sign(claims(access)
                .audience(AUDIENCE)
                .expirationTime(Date.from(access.expiresAt()))
                .jwtID(Ids.next().toString())
                .build());
    }

    @Override
    public Mono<String> sign(Ticket ticket) {
        return sign(claims(ticket.access())
                .audience(TICKET_AUDIENCE)
                .expirationTime(Date.from(ticket.expiresAt()))
                .jwtID(ticket.id().toString())
                .claim(ACCESS_END, ticket.access().expiresAt().getEpochSecond())
                .build());
    }

    private static JWTClaimsSet.Builder claims(Access access) {
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .subject(access.account().toString())
                .claim("tid", access.tenant().toString())
                .claim("sid", access.session().toString())
                .issueTime(Date.from(access.issuedAt()));
    }

    private Mono<String> sign(JWTClaimsSet claims) {
        return keys.newest().map(key -> sign(claims, key));
    }

    private static String sign(JWTClaimsSet claims, SigningKeys.Key key) {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.id()).build(), claims);
        try {
            token.sign(key.signer());
        } catch (JOSEException e) {
            throw new IllegalStateException("a token cannot be signed", e);
        }
        return token.serialize();
    }

    @Override
    public Mono<Access> verify(String accessToken) {
        return signed(accessToken).map(this::toAccess);
    }

    @Override
    public Mono<Ticket> verifyTicket(String ticket) {
        return signed(ticket).map(this::toTicket);
    }

    private Mono<SignedJWT> signed(String text) {
        return Mono.fromCallable(() -> parse(text))
                .flatMap(token -> keys.find(token.getHeader().getKeyID())
                        .filter(key -> isSigned(token, key))
                        .map(_ -> token))
                .switchIfEmpty(Mono.error(JoseTokens::invalid));
    }

    private static SignedJWT parse(String text) {
        try {
            if (text.length() <= LONGEST) {
                SignedJWT token = SignedJWT.parse(text);
                boolean ours = JWSAlgorithm.ES256.equals(token.getHeader().getAlgorithm())
                        && token.getHeader().getKeyID() != null;
                if (ours) {
                    return token;
                }
            }
        } catch (ParseException | IllegalArgumentException _) {
            // no token at all: refused like any other forgery, below
        }
        throw invalid();
    }

    private static boolean isSigned(SignedJWT token, SigningKeys.Key key) {
        try {
            return token.verify(key.verifier());
        } catch (JOSEException _) {
            return false;
        }
    }

    private Access toAccess(SignedJWT token) {
        try {
            JWTClaimsSet claims = token.getJWTClaimsSet();
            return toAccess(claims, validUntil(claims, AUDIENCE));
        } catch (ParseException | IllegalArgumentException _) {
            throw invalid();
        }
    }

    private Ticket toTicket(SignedJWT token) {
        try {
            JWTClaimsSet claims = token.getJWTClaimsSet();
            Instant expiresAt = validUntil(claims, TICKET_AUDIENCE);
            Instant accessEnd = Instant.ofEpochSecond(required(claims.getLongClaim(ACCESS_END)));
            return new Ticket(UUID.fromString(required(claims.getJWTID())), toAccess(claims, accessEnd), expiresAt);
        } catch (ParseException | IllegalArgumentException _) {
            throw invalid();
        }
    }

    private Instant validUntil(JWTClaimsSet claims, String audience) {
        if (!ISSUER.equals(claims.getIssuer()) || !claims.getAudience().contains(audience)) {
            throw invalid();
        }
        Instant expiresAt = required(claims.getExpirationTime()).toInstant();
        if (!clock.instant().isBefore(expiresAt)) {
            throw expired();
        }
        return expiresAt;
    }

    private static Access toAccess(JWTClaimsSet claims, Instant expiresAt) throws ParseException {
        return new Access(
                TenantId.of(required(claims.getStringClaim("tid"))),
                UUID.fromString(required(claims.getSubject())),
                UUID.fromString(required(claims.getStringClaim("sid"))),
                required(claims.getIssueTime()).toInstant(),
                expiresAt);
    }

    private static <T> T required(@Nullable T claim) {
        if (claim == null) {
            throw invalid();
        }
        return claim;
    }

    static Problem invalid() {
        return new Problem.Unauthenticated("unauthenticated", "the token is not valid here");
    }

    static Problem expired() {
        return new Problem.Unauthenticated("token-expired", "the token has expired, refresh it");
    }

    @Override
    public Mono<String> seal(Refresh refresh) {
        return Mono.fromCallable(() -> {
            byte[] salt = new byte[RANDOM];
            random.nextBytes(salt);
            byte[] body = ByteBuffer.allocate(BODY)
                    .put(FORM)
                    .putLong(refresh.tenant().value().getMostSignificantBits())
                    .putLong(refresh.tenant().value().getLeastSignificantBits())
                    .putLong(refresh.session().getMostSignificantBits())
                    .putLong(refresh.session().getLeastSignificantBits())
                    .putInt(refresh.generation())
                    .put(salt)
                    .array();
            byte[] token = Arrays.copyOf(body, BODY + MAC);
            System.arraycopy(mac(body), 0, token, BODY, MAC);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
        });
    }

    @Override
    public Mono<Refresh> open(String refreshToken) {
        return Mono.fromCallable(() -> {
            byte[] token = decoded(refreshToken);
            byte[] body = Arrays.copyOf(token, BODY);
            if (token.length != BODY + MAC
                    || token[0] != FORM
                    || !MessageDigest.isEqual(mac(body), Arrays.copyOfRange(token, BODY, BODY + MAC))) {
                throw invalid();
            }
            ByteBuffer fields = ByteBuffer.wrap(body, 1, BODY - 1);
            return new Refresh(new TenantId(uuid(fields)), uuid(fields), fields.getInt());
        });
    }

    private static byte[] decoded(String text) {
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException _) {
            throw invalid();
        }
    }

    private static UUID uuid(ByteBuffer fields) {
        return new UUID(fields.getLong(), fields.getLong());
    }

    private byte[] mac(byte[] body) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(refreshKey);
        return mac.doFinal(body);
    }
}
