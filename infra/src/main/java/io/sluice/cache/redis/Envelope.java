package io.sluice.cache.redis;

import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * An entry as Redis holds it: version, position, birth and end in milliseconds, whether there is a value, the value's
 * bytes, and a checksum over it all.
 */
record Envelope(long position, Instant born, Instant expires, byte @Nullable [] value) {

    private static final byte VERSION = 1;
    private static final int HEADER = 1 + 3 * Long.BYTES + 1;
    private static final int CHECKSUM = Integer.BYTES;

    /** The bytes in Redis are no entry. */
    static final class Corrupt extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Corrupt(String text) {
            super(text, null, false, false);
        }
    }

    byte[] toBytes() {
        int length = value == null ? 0 : value.length;
        var buffer = ByteBuffer.allocate(HEADER + length + CHECKSUM)
                .put(VERSION)
                .putLong(position)
                .putLong(born.toEpochMilli())
                .putLong(expires.toEpochMilli())
                .put((byte) (value == null ? 0 : 1));
        if (value != null) {
            buffer.put(value);
        }
        return buffer.putInt(checksum(buffer.array())).array();
    }

    static Envelope of(byte[] bytes) {
        if (bytes.length < HEADER + CHECKSUM || bytes[0] != VERSION) {
            throw new Corrupt("no entry of this version");
        }
        var buffer = ByteBuffer.wrap(bytes);
        if (buffer.getInt(bytes.length - CHECKSUM) != checksum(bytes)) {
            throw new Corrupt("the checksum does not fit");
        }
        try {
            return read(buffer.position(1));
        } catch (DateTimeException e) {
            throw new Corrupt("no time: " + e.getMessage());
        }
    }

    private static Envelope read(ByteBuffer buffer) {
        long position = buffer.getLong();
        Instant born = Instant.ofEpochMilli(buffer.getLong());
        Instant expires = Instant.ofEpochMilli(buffer.getLong());
        return new Envelope(position, born, expires, buffer.get() == 0 ? null : rest(buffer));
    }

    private static byte[] rest(ByteBuffer buffer) {
        var value = new byte[buffer.remaining() - CHECKSUM];
        buffer.get(value);
        return value;
    }

    private static int checksum(byte[] bytes) {
        var checksum = new CRC32C();
        checksum.update(bytes, 0, bytes.length - CHECKSUM);
        return (int) checksum.getValue();
    }
}
