package io.sluice.imports.web;

import io.sluice.shared.Problem;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Unpacks gzip (RFC 1952) as it comes in; several members are one file. Not for sharing. */
final class Gunzip implements AutoCloseable {

    private static final int HAS_CHECKSUM = 2;
    private static final int HAS_EXTRA = 4;
    private static final int HAS_NAME = 8;
    private static final int HAS_COMMENT = 16;
    private static final int FIXED = 10;
    private static final int TRAILER = 8;
    private static final int OUT = 64 * 1024;
    private static final int LONGEST_HEADER = 1 << 17;
    private static final String INVALID = "the body is not valid gzip";
    private static final String NO_MEMBER = "behind the gzip body comes something else";

    private final Inflater inflater = new Inflater(true);
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    private final CRC32 checksum = new CRC32();
    private final byte[] portion = new byte[OUT];
    private int unpacked;
    private boolean inMember;
    private boolean trailerDue;
    private boolean begun;

    /** Gives what can be unpacked so far in portions of at most 64 KiB. */
    void feed(byte[] packed, Consumer<byte[]> out) {
        byte[] rest = packed;
        while (rest.length > 0) {
            rest = inMember ? inflate(rest, out) : header(rest);
        }
    }

    /** A file that ends amid a member is broken. */
    void end() {
        if (inMember || trailerDue || !begun) {
            throw broken("the gzip body breaks off");
        }
        if (waiting.size() > 0) {
            throw broken(NO_MEMBER);
        }
    }

    private byte[] inflate(byte[] packed, Consumer<byte[]> out) {
        inflater.setInput(packed);
        try {
            while (true) {
                int length = inflater.inflate(portion);
                checksum.update(portion, 0, length);
                unpacked += length;
                if (length > 0) {
                    out.accept(java.util.Arrays.copyOf(portion, length));
                }
                if (inflater.finished()) {
                    return memberEnded(packed);
                }
                if (length == 0 && inflater.needsInput()) {
                    return new byte[0];
                }
                if (length == 0 && inflater.needsDictionary()) {
                    throw broken(INVALID);
                }
            }
        } catch (DataFormatException _) {
            throw broken(INVALID);
        }
    }

    /** Behind a member comes its trailer, and then perhaps another member. */
    private byte[] memberEnded(byte[] packed) {
        int left = inflater.getRemaining();
        inflater.reset();
        inMember = false;
        trailerDue = true;
        return java.util.Arrays.copyOfRange(packed, packed.length - left, packed.length);
    }

    /** Waits for the whole of what stands before a member: the trailer of the one before, and a header. */
    private byte[] header(byte[] packed) {
        waiting.writeBytes(packed);
        byte[] all = waiting.toByteArray();
        if (trailerDue) {
            return all.length < TRAILER ? new byte[0] : trailer(all);
        }
        int end = endOfHeader(all);
        if (end < 0) {
            if (all.length > LONGEST_HEADER) {
                throw broken(INVALID);
            }
            return new byte[0];
        }
        waiting.reset();
        begun = true;
        inMember = true;
        return java.util.Arrays.copyOfRange(all, end, all.length);
    }

    /** What came out of the member must be what its trailer says. */
    private byte[] trailer(byte[] all) {
        ByteBuffer said = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
        if (said.getInt() != (int) checksum.getValue() || said.getInt() != unpacked) {
            throw broken("the gzip body is not what its checksum says");
        }
        checksum.reset();
        unpacked = 0;
        trailerDue = false;
        waiting.reset();
        return java.util.Arrays.copyOfRange(all, TRAILER, all.length);
    }

    /** -1: not all of it is there yet. */
    private int endOfHeader(byte[] all) {
        if (all.length < FIXED) {
            return -1;
        }
        if ((all[0] & 0xFF) != 0x1f || (all[1] & 0xFF) != 0x8b || all[2] != 8) {
            throw broken(begun ? NO_MEMBER : INVALID);
        }
        int flags = all[3];
        int at = FIXED;
        if ((flags & HAS_EXTRA) != 0) {
            at = at + 2 > all.length ? -1 : at + 2 + (all[at] & 0xFF) + ((all[at + 1] & 0xFF) << 8);
        }
        for (int text : List.of(HAS_NAME, HAS_COMMENT)) {
            at = (flags & text) == 0 || at < 0 ? at : behindText(all, at);
        }
        at = (flags & HAS_CHECKSUM) == 0 || at < 0 ? at : at + 2;
        return at > all.length ? -1 : at;
    }

    private static int behindText(byte[] all, int from) {
        for (int i = from; i < all.length; i++) {
            if (all[i] == 0) {
                return i + 1;
            }
        }
        return -1;
    }

    private static Problem broken(String why) {
        return new Problem.Invalid("malformed-gzip", why, List.of());
    }

    @Override
    public void close() {
        inflater.end();
    }
}
