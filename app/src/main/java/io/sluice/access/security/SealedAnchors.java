package io.sluice.access.security;

import io.sluice.log.AnchorSeal;
import io.sluice.shared.TenantId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/** HMAC-SHA256 (RFC 2104) with a key that the database never sees. */
final class SealedAnchors implements AnchorSeal {

    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKey key;

    SealedAnchors(MasterKey master) {
        this.key = master.derive("anchors", ALGORITHM);
    }

    @Override
    public String sign(TenantId tenant, long position, String hash, Instant at) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            String text = tenant + " " + position + " " + hash + " " + at;
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }
}
