package io.sluice.log.rsocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.rsocket.frame.FrameHeaderCodec;
import io.rsocket.frame.FrameType;
import io.rsocket.frame.PayloadFrameCodec;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WholeFramesTest {

    private static final WebSocketDecoderConfig CLIENT = WebSocketDecoderConfig.newBuilder()
            .expectMaskedFrames(false)
            .maxFramePayloadLength(1 << 21)
            .build();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 119, 120, 65_529, 65_530, 1 << 20})
    void areReadByTheLibrariesAsTheyWereMeant(int length) {
        byte[] json = new byte[length];
        new Random(length).nextBytes(json);
        var client = new EmbeddedChannel(new WebSocket13FrameDecoder(CLIENT));

        client.writeInbound(WholeFrames.next(7, json));

        BinaryWebSocketFrame frame = client.readInbound();
        ByteBuf content = frame.content();
        assertThat(frame.isFinalFragment()).isTrue();
        assertThat(FrameHeaderCodec.streamId(content)).isEqualTo(7);
        assertThat(FrameHeaderCodec.frameType(content)).isEqualTo(FrameType.NEXT);
        assertThat(FrameHeaderCodec.hasMetadata(content)).isFalse();
        assertThat(ByteBufUtil.getBytes(PayloadFrameCodec.data(content))).isEqualTo(json);
        frame.release();
        client.finishAndReleaseAll();
    }

    @Test
    void shareTheBytesOfOneEventAndGiveEachStreamItsOwnId() {
        byte[] json = {1, 2, 3};

        ByteBuf one = WholeFrames.next(1, json);
        ByteBuf same = WholeFrames.next(1, json);
        ByteBuf other = WholeFrames.next(3, json);

        assertThat(same.memoryAddress()).isEqualTo(one.memoryAddress());
        assertThat(one.getInt(2)).isEqualTo(1);
        assertThat(other.getInt(2)).isEqualTo(3);
        one.release();
        assertThat(same.getByte(8)).isEqualTo((byte) 1);
        same.release();
        other.release();
    }

    @Test
    void areStillSharedAfterOneThatCouldNotBeMade() {
        byte[] json = {1, 2, 3};
        WholeFrames.next(1, json).release();

        assertThatThrownBy(() -> WholeFrames.next(1, null)).isInstanceOf(NullPointerException.class);

        ByteBuf same = WholeFrames.next(1, json);
        assertThat(same.getByte(8)).isEqualTo((byte) 1);
        same.release();
    }
}
