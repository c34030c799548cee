package io.sluice.log.rsocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A WebSocket by hand, so that wrong frames can be sent on it, and frames seen as they come. */
final class Raw implements AutoCloseable {

    static final String MIME = "message/x.rsocket.composite-metadata.v0";
    private static final int REQUEST_RESPONSE = 4;
    private static final int REQUEST_STREAM = 6;
    private static final int CANCEL = 9;
    private static final int RSOCKET_HEADER = 6;

    private final Socket socket = new Socket();

    /** A frame that came. */
    record Frame(int head, byte[] content) {

        boolean isCompressed() {
            return (head & 0x40) != 0;
        }

        /** What a payload without metadata says. */
        String text() {
            return textOf(content);
        }
    }

    Raw(int port, String headers) throws IOException {
        socket.setReceiveBufferSize(16_384);
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        socket.setSoTimeout(10_000);
        socket.getOutputStream()
                .write(("GET /rsocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                + headers + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
    }

    static String textOf(byte[] payload) {
        return new String(payload, RSOCKET_HEADER, payload.length - RSOCKET_HEADER, StandardCharsets.UTF_8);
    }

    String head() throws IOException {
        var head = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return head.toString();
            }
            head.append((char) next);
        }
        return head.toString();
    }

    void send(int code, byte[] content) throws IOException {
        write(0x80 | code, content);
    }

    /** Sends what other fragments follow. */
    void sendFragment(int code, byte[] content) throws IOException {
        write(code, content);
    }

    private void write(int head, byte[] content) throws IOException {
        var out = ByteBuffer.allocate(content.length + 14);
        out.put((byte) head);
        if (content.length < 126) {
            out.put((byte) (0x80 | content.length));
        } else if (content.length < 65_536) {
            out.put((byte) (0x80 | 126)).putShort((short) content.length);
        } else {
            out.put((byte) (0x80 | 127)).putLong(content.length);
        }
        out.putInt(0).put(content);
        socket.getOutputStream().write(out.array(), 0, out.position());
    }

    Frame next() throws IOException {
        var in = new DataInputStream(socket.getInputStream());
        int head = in.readUnsignedByte();
        int length = in.readUnsignedByte();
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = Math.toIntExact(in.readLong());
        }
        return new Frame(head, in.readNBytes(length));
    }

    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** True when the server closes in time. */
    boolean isClosed() throws IOException {
        byte[] rest = new byte[4096];
        try {
            while (socket.getInputStream().read(rest) >= 0) {}
            return true;
        } catch (java.net.SocketTimeoutException _) {
            return false;
        } catch (IOException _) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    static byte[] setup(int flags, String mime, String token, int keepAlive) {
        ByteBuf out = Unpooled.buffer();
        out.writeInt(0)
                .writeShort(1 << 10 | 0x100 | flags)
                .writeShort(1)
                .writeShort(0)
                .writeInt(keepAlive)
                .writeInt(90_000);
        if ((flags & 0x80) != 0) {
            out.writeShort(2).writeShort(7);
        }
        text(out, mime);
        text(out, "application/json");
        byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
        out.writeMedium(5 + bytes.length)
                .writeByte(0x80 | 0x7C)
                .writeMedium(1 + bytes.length)
                .writeByte(0x81)
                .writeBytes(bytes);
        return ByteBufUtil.getBytes(out);
    }

    private static void text(ByteBuf out, String text) {
        out.writeByte(text.length()).writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    static byte[] request(int stream, int n, String wish) {
        return routed(head(stream, REQUEST_STREAM, 0x100).writeInt(n), "streams", wish);
    }

    static byte[] call(int stream, String route, String json) {
        return routed(head(stream, REQUEST_RESPONSE, 0x100), route, json);
    }

    static byte[] cancel(int stream) {
        return ByteBufUtil.getBytes(head(stream, CANCEL, 0));
    }

    private static ByteBuf head(int stream, int type, int flags) {
        return Unpooled.buffer().writeInt(stream).writeShort(type << 10 | flags);
    }

    private static byte[] routed(ByteBuf out, String route, String json) {
        byte[] name = route.getBytes(StandardCharsets.US_ASCII);
        out.writeMedium(5 + name.length)
                .writeByte(0x80 | 0x7E)
                .writeMedium(1 + name.length)
                .writeByte(name.length)
                .writeBytes(name);
        out.writeBytes(json.getBytes(StandardCharsets.UTF_8));
        return ByteBufUtil.getBytes(out);
    }
}
