package io.sluice.access.security;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import io.sluice.web.Answers;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** The public keys that access tokens are signed with; open to everybody. */
@RestController
@Tag(name = "auth")
final class KeySetHttp {

    private final SigningKeys keys;

    record KeySet(List<Map<String, Object>> keys) {}

    KeySetHttp(SigningKeys keys) {
        this.keys = keys;
    }

    @GetMapping("/.well-known/jwks.json")
    @Answers(KeySet.class)
    @Operation(summary = "The public keys of access tokens; two are valid during a rotation")
    Mono<ResponseEntity<Map<String, Object>>> keySet() {
        return keys.all().<JWK>map(SigningKeys.Key::publicKey).collectList().map(known -> ResponseEntity.ok()
                .cacheControl(CacheControl.maxAge(Duration.ofMinutes(5)).cachePublic())
                .body(new JWKSet(known).toJSONObject()));
    }
}
