package io.sluice.log.rsocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * A stream's next payload as it goes over the wire, the WebSocket's header included (RFC 6455, 5.2; RSocket 1.0,
 * PAYLOAD frame). The last one is kept for each event loop: subscribers of one event share its bytes, as nearly all have
 * the same stream id.
 */
final class WholeFrames {

    private static final FastThreadLocal<WholeFrames> OWN = new FastThreadLocal<>() {
        @Override
        protected WholeFrames initialValue() {
            return new WholeFrames();
        }

        @Override
        protected void onRemoval(WholeFrames frames) {
            frames.last.release();
        }
    };

    private static final int FINAL_BINARY = 0x82;
    private static final int LENGTH_OF_16_BITS = 126;
    private static final int LENGTH_OF_64_BITS = 127;
    private static final int LONGEST_HEADER = 10;
    private static final int PAYLOAD = 0x0A << 10;
    private static final int NEXT = 1 << 5;
    static final int FRAME_HEADER = Integer.BYTES + Short.BYTES;

    private byte @Nullable [] json;
    private int stream;
    private ByteBuf last = Unpooled.EMPTY_BUFFER;

    /** The caller owns what is returned. On an event loop; {@code json} is not changed afterwards. */
    static ByteBuf next(int stream, byte[] json) {
        return OWN.get().of(stream, json);
    }

    private ByteBuf of(int stream, byte[] json) {
        if (this.json != json || this.stream != stream) {
            ByteBuf made = encode(stream, json);
            last.release();
            last = made;
            this.json = json;
            this.stream = stream;
        }
        return last.retainedDuplicate();
    }

    private static ByteBuf encode(int stream, byte[] json) {
        int length = FRAME_HEADER + json.length;
        ByteBuf out = Unpooled.directBuffer(LONGEST_HEADER + length).writeByte(FINAL_BINARY);
        if (length < LENGTH_OF_16_BITS) {
            out.writeByte(length);
        } else if (length <= 0xFFFF) {
            out.writeByte(LENGTH_OF_16_BITS).writeShort(length);
        } else {
            out.writeByte(LENGTH_OF_64_BITS).writeLong(length);
        }
        return out.writeInt(stream).writeShort(PAYLOAD | NEXT).writeBytes(json);
    }
}
