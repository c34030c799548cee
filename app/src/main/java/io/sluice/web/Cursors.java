package io.sluice.web;

import io.sluice.shared.Problem;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Keyset cursors as clients carry them: the sort key of the last row, signed together with the filter and sort that
 * it belongs to. One that was changed, or comes with another filter, is 400 {@code invalid-cursor}.
 */
public final class Cursors {

    private static final int SIGNATURE = 12;

    private final SecretKey key;

    public Cursors(SecretKey key) {
        this.key = key;
    }

    public String seal(String lastKey, String query) {
        byte[] text = lastKey.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[SIGNATURE + text.length];
        System.arraycopy(sign(text, query), 0, out, 0, SIGNATURE);
        System.arraycopy(text, 0, out, SIGNATURE, text.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(out);
    }

    /** The sort key of the last row seen; null when there is no cursor yet. */
    public @Nullable String open(@Nullable String cursor, String query) {
        if (cursor == null) {
            return null;
        }
        try {
            byte[] in = Base64.getUrlDecoder().decode(cursor);
            byte[] text = java.util.Arrays.copyOfRange(in, Math.min(SIGNATURE, in.length), in.length);
            byte[] signature = java.util.Arrays.copyOf(in, SIGNATURE);
            if (in.length > SIGNATURE && MessageDigest.isEqual(signature, sign(text, query))) {
                return new String(text, StandardCharsets.UTF_8);
            }
        } catch (IllegalArgumentException _) {
            // not base64: refused like any other forgery, below
        }
        throw Problem.Invalid.field(
                "cursor", "invalid-cursor", "a cursor of this list, with the same filter and sort, is expected");
    }

    private byte[] sign(byte[] text, String query) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            mac.update(query.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return java.util.Arrays.copyOf(mac.doFinal(text), SIGNATURE);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }
}
