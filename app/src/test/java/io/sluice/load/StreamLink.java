package io.sluice.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * One WebSocket with one RSocket request-stream on it, written by hand so that the client costs less than what it
 * measures: SETUP with the bearer, REQUEST_STREAM, credit renewed at half, KEEPALIVE both ways, fragments put together.
 */
final class StreamLink extends ChannelInboundHandlerAdapter {

    /** Who is told what arrives, on the event loop. */
    interface Reader {

        /** A read from the socket begins; all payloads until the next one came with it. */
        void reading();

        void payload(byte[] bytes, int start, int length);

        /** The end of the link, once. */
        void ended(StreamLink link, String reason);
    }

    private static final int SETUP = 1;
    private static final int KEEPALIVE = 3;
    private static final int REQUEST_STREAM = 6;
    private static final int REQUEST_N = 8;
    private static final int PAYLOAD = 10;
    private static final int ERROR = 11;
    private static final int METADATA = 0x100;
    private static final int FOLLOWS = 0x80;
    private static final int RESPOND = 0x80;
    private static final int COMPLETE = 0x40;

    private static final int CONTINUED = 0;
    private static final int BINARY = 2;
    private static final int CLOSED = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private static final int ROUTING = 0x7E;
    private static final int AUTHENTICATION = 0x7C;
    private static final int BEARER = 0x81;
    private static final int KEEPALIVE_MILLIS = 20_000;
    private static final int LIFETIME_MILLIS = 90_000;
    private static final String ROUTE = "streams";
    private static final String METADATA_MIME = "message/x.rsocket.composite-metadata.v0";
    private static final String DATA_MIME = "application/json";

    /** A credit that is not renewed. */
    static final int ONCE = 1;

    /** What is asked for when the link is up. */
    record Request(URI server, String token, String json, int credit) {}

    private final Request request;
    private final Reader reader;
    private final Bytes message = new Bytes();
    private final Bytes fragments = new Bytes();
    private final byte[][] scratch;

    private ChannelHandlerContext context;
    private ByteBuf rest;
    private boolean upgraded;
    private boolean over;
    private int used;
    private ScheduledFuture<?> heart;

    /** {@code scratch} holds one array that all links of a loop share; it grows. */
    StreamLink(Request request, Reader reader, byte[][] scratch) {
        this.request = request;
        this.reader = reader;
        this.scratch = scratch;
    }

    void open(EventLoop loop) {
        Loops.connect(loop, request.server(), this).addListener(connected -> {
            if (!connected.isSuccess()) {
                end("not connected: " + connected.cause().getMessage());
            }
        });
    }

    /** Breaks the connection as a lost network does: no farewell, what was not read is gone. */
    void cut() {
        over = true;
        if (context != null && context.channel().isActive()) {
            context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
            context.close();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext opened) {
        context = opened;
        if (over) {
            context.close();
            return;
        }
        var server = request.server();
        var upgrade = "GET " + server.getPath() + " HTTP/1.1\r\nHost: " + server.getAuthority()
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        context.writeAndFlush(ByteBufUtil.writeAscii(context.alloc(), upgrade), context.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object read) {
        var in = (ByteBuf) read;
        if (over) {
            in.release();
            return;
        }
        reader.reading();
        rest = rest == null ? in : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), rest, in);
        while (!over && (upgraded ? takeMessage(rest) : takeUpgrade(rest))) {}
        if (rest != null && (over || !rest.isReadable())) {
            rest.release();
            rest = null;
        }
    }

    private boolean takeUpgrade(ByteBuf in) {
        var text = in.toString(StandardCharsets.US_ASCII);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return false;
        }
        if (!text.startsWith("HTTP/1.1 101")) {
            end("not upgraded: " + text.strip().replaceAll("\\s+", " "));
            context.close();
            return false;
        }
        in.skipBytes(end + 4);
        upgraded = true;
        begin();
        return true;
    }

    private void begin() {
        var out = context.alloc().ioBuffer(1024);
        frame(out, setup());
        frame(out, requestStream());
        context.writeAndFlush(out, context.voidPromise());
        long first = ThreadLocalRandom.current().nextInt(KEEPALIVE_MILLIS);
        heart = context.executor().scheduleAtFixedRate(this::beat, first, KEEPALIVE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private ByteBuf setup() {
        var out = head(context.alloc().buffer(), 0, SETUP, METADATA);
        out.writeShort(1).writeShort(0).writeInt(KEEPALIVE_MILLIS).writeInt(LIFETIME_MILLIS);
        mime(out, METADATA_MIME);
        mime(out, DATA_MIME);
        var token = request.token().getBytes(StandardCharsets.UTF_8);
        out.writeMedium(4 + 1 + token.length);
        entry(out, AUTHENTICATION, 1 + token.length).writeByte(BEARER).writeBytes(token);
        return out;
    }

    private ByteBuf requestStream() {
        var out = head(context.alloc().buffer(), 1, REQUEST_STREAM, METADATA).writeInt(request.credit());
        out.writeMedium(4 + 1 + ROUTE.length());
        entry(out, ROUTING, 1 + ROUTE.length()).writeByte(ROUTE.length());
        ByteBufUtil.writeAscii(out, ROUTE);
        out.writeBytes(request.json().getBytes(StandardCharsets.UTF_8));
        return out;
    }

    private static ByteBuf head(ByteBuf out, int stream, int type, int flags) {
        return out.writeInt(stream).writeShort(type << 10 | flags);
    }

    private static void mime(ByteBuf out, String name) {
        out.writeByte(name.length());
        ByteBufUtil.writeAscii(out, name);
    }

    private static ByteBuf entry(ByteBuf out, int mime, int length) {
        return out.writeByte(0x80 | mime).writeMedium(length);
    }

    private void beat() {
        var out = context.alloc().ioBuffer(32);
        frame(out, head(context.alloc().buffer(), 0, KEEPALIVE, RESPOND).writeLong(0));
        context.writeAndFlush(out, context.voidPromise());
    }

    /** Adds a WebSocket frame. The mask of zeros is a mask, and leaves the bytes as they are. */
    private static void frame(ByteBuf out, ByteBuf content) {
        frame(out, BINARY, content);
    }

    private static void frame(ByteBuf out, int kind, ByteBuf content) {
        int length = content.readableBytes();
        out.writeByte(0x80 | kind);
        if (length < 126) {
            out.writeByte(0x80 | length);
        } else {
            out.writeByte(0x80 | 126).writeShort(length);
        }
        out.writeInt(0).writeBytes(content);
        content.release();
    }

    private boolean takeMessage(ByteBuf in) {
        int at = in.readerIndex();
        int available = in.readableBytes();
        if (available < 2) {
            return false;
        }
        int first = in.getByte(at);
        int code = in.getByte(at + 1) & 0x7F;
        int head = code < 126 ? 2 : code == 126 ? 4 : 10;
        if (available < head) {
            return false;
        }
        long length = code < 126 ? code : code == 126 ? in.getUnsignedShort(at + 2) : in.getLong(at + 2);
        if (available < head + length) {
            in.ensureWritable((int) Math.max(0, head + length - available));
            return false;
        }
        int size = (int) length;
        if (scratch[0].length < size) {
            scratch[0] = new byte[size * 2];
        }
        in.getBytes(at + head, scratch[0], 0, size);
        in.skipBytes(head + size);
        message(first & 0x0F, first < 0, scratch[0], size);
        return true;
    }

    private void message(int kind, boolean last, byte[] bytes, int length) {
        switch (kind) {
            case BINARY, CONTINUED -> {
                if (last && message.isEmpty()) {
                    rsocket(bytes, length);
                } else {
                    message.append(bytes, 0, length);
                    if (last) {
                        rsocket(message.array, message.length);
                        message.clear();
                    }
                }
            }
            case PING -> pong(bytes, length);
            case CLOSED -> {
                end("websocket closed: "
                        + new String(bytes, Math.min(2, length), Math.max(0, length - 2), StandardCharsets.UTF_8));
                context.close();
            }
            default -> {}
        }
    }

    private void pong(byte[] bytes, int length) {
        var out = context.alloc().ioBuffer(16 + length);
        frame(out, PONG, context.alloc().buffer().writeBytes(bytes, 0, length));
        context.writeAndFlush(out, context.voidPromise());
    }

    private void rsocket(byte[] bytes, int length) {
        int typed = length < 6 ? 0 : (bytes[4] & 0xFF) << 8 | bytes[5] & 0xFF;
        int flags = typed & 0x3FF;
        switch (typed >> 10) {
            case PAYLOAD -> payload(bytes, length, flags);
            case KEEPALIVE -> {
                if ((flags & RESPOND) != 0) {
                    keptAlive(bytes, length);
                }
            }
            case ERROR -> {
                end("error " + new String(bytes, 10, Math.max(0, length - 10), StandardCharsets.UTF_8));
                context.close();
            }
            default -> {}
        }
    }

    private void keptAlive(byte[] bytes, int length) {
        var out = context.alloc().ioBuffer(16 + length);
        var answer = head(context.alloc().buffer(), 0, KEEPALIVE, 0).writeLong(0);
        if (length > 14) {
            answer.writeBytes(bytes, 14, length - 14);
        }
        frame(out, answer);
        context.writeAndFlush(out, context.voidPromise());
    }

    private void payload(byte[] bytes, int length, int flags) {
        int start = (flags & METADATA) == 0 ? 6 : 9 + medium(bytes, 6);
        if ((flags & FOLLOWS) != 0 || !fragments.isEmpty()) {
            fragments.append(bytes, start, length - start);
            if ((flags & FOLLOWS) == 0) {
                deliver(fragments.array, 0, fragments.length);
                fragments.clear();
            }
        } else if (length > start) {
            deliver(bytes, start, length - start);
        }
        if ((flags & COMPLETE) != 0) {
            end("completed");
            context.close();
        }
    }

    private void deliver(byte[] bytes, int start, int length) {
        reader.payload(bytes, start, length);
        if (!over && request.credit() != ONCE && ++used >= (request.credit() + 1) / 2) {
            var out = context.alloc().ioBuffer(32);
            frame(out, head(context.alloc().buffer(), 1, REQUEST_N, 0).writeInt(used));
            context.writeAndFlush(out, context.voidPromise());
            used = 0;
        }
    }

    private static int medium(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) << 16 | (bytes[at + 1] & 0xFF) << 8 | bytes[at + 2] & 0xFF;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (heart != null) {
            heart.cancel(false);
        }
        if (rest != null) {
            rest.release();
            rest = null;
        }
        end("connection lost");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        end(cause.toString());
        ctx.close();
    }

    private void end(String reason) {
        if (!over) {
            over = true;
            reader.ended(this, reason);
        }
    }
}
