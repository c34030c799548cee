package io.sluice.log;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The chain that makes tampering visible: {@code hash = SHA-256(prev_hash || canonical JSON of all other fields)}.
 * The first event of a tenant follows 32 zero bytes.
 */
public final class HashChain {

    public static final int BYTES = 32;

    private HashChain() {}

    public static byte[] origin() {
        return new byte[BYTES];
    }

    /**
     * The hash of an event whose {@code actor}, {@code cause} and {@code payload} are in canonical form already, as
     * they are when written; a reader canonicalises what the database gave back.
     */
    public static byte[] next(byte[] previous, Recorded event) {
        MessageDigest digest = sha256();
        digest.update(previous);
        digest.update(canonical(event).getBytes(StandardCharsets.UTF_8));
        return digest.digest();
    }

    static String canonical(Recorded event) {
        StringBuilder out = new StringBuilder(320 + event.payload().length());
        out.append("{\"actor\":").append(event.actor());
        out.append(",\"at\":\"").append(event.at());
        out.append("\",\"cause\":").append(event.cause());
        out.append(",\"id\":\"").append(event.id());
        out.append("\",\"payload\":").append(event.payload());
        out.append(",\"position\":").append(event.position());
        out.append(",\"subject\":");
        CanonicalJson.quote(out, event.subject());
        out.append(",\"topics\":");
        CanonicalJson.write(out, event.topics());
        out.append(",\"type\":");
        CanonicalJson.quote(out, event.type());
        return out.append(",\"version\":").append(event.version()).append('}').toString();
    }

    public static String hex(byte[] hash) {
        return HexFormat.of().formatHex(hash);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
