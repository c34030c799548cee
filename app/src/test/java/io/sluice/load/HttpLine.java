package io.sluice.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * One kept HTTP connection with at most one request on it. Reads of an answer what a load client needs: the status and
 * the body. All its methods are called on its event loop.
 */
final class HttpLine extends ChannelInboundHandlerAdapter {

    /** Who uses the line. */
    interface User {

        /** The line is connected and idle: at first, and again after it was lost. */
        void opened(HttpLine line);

        /** The answer to the request, status 0 when the connection ended before it. The bytes are good until return. */
        void answered(HttpLine line, int status, byte[] body, int length);
    }

    private static final int HEAD_LIMIT = 65_536;
    private static final int RETRY_MILLIS = 100;
    private static final byte[] LENGTH = "\ncontent-length:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CHUNKED = "\ntransfer-encoding: chunked".getBytes(StandardCharsets.US_ASCII);

    private final EventLoop loop;
    private final URI server;
    private final User user;
    private final Bytes body = new Bytes();
    private byte[] head = new byte[4096];

    private ChannelHandlerContext context;
    private ByteBuf rest;
    private boolean waiting;
    private boolean closing;
    private int status;
    private long bodyLeft;
    private boolean inBody;
    private boolean chunked;
    private boolean lastChunk;

    HttpLine(EventLoop loop, URI server, User user) {
        this.loop = loop;
        this.server = server;
        this.user = user;
    }

    @Override
    public boolean isSharable() {
        return true;
    }

    void open() {
        Loops.connect(loop, server, this).addListener(connected -> {
            if (!connected.isSuccess() && !closing) {
                loop.schedule(this::open, RETRY_MILLIS, TimeUnit.MILLISECONDS);
            }
        });
    }

    /** Whether a request may be sent now. */
    boolean isIdle() {
        return !waiting && context != null && context.channel().isActive();
    }

    void close() {
        closing = true;
        if (context != null) {
            context.close();
        }
    }

    /** Sends a request. The text is ASCII. */
    void send(String method, String path, String headers, String json) {
        waiting = true;
        var out = context.alloc().ioBuffer(256 + headers.length() + json.length());
        ascii(out, method).writeByte(' ');
        ascii(out, path);
        ascii(out, " HTTP/1.1\r\nHost: ");
        ascii(out, server.getAuthority());
        ascii(out, "\r\n");
        ascii(out, headers);
        if (!json.isEmpty()) {
            ascii(out, "Content-Type: application/json\r\nContent-Length: ");
            ascii(out, Integer.toString(json.length()));
            ascii(out, "\r\n");
        }
        ascii(out, "\r\n");
        ascii(out, json);
        context.writeAndFlush(out, context.voidPromise());
    }

    @SuppressWarnings("deprecation") // ASCII is what is meant
    private static ByteBuf ascii(ByteBuf out, String text) {
        ByteBufUtil.writeAscii(out, text);
        return out;
    }

    @Override
    public void channelActive(ChannelHandlerContext opened) {
        context = opened;
        user.opened(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        var in = (ByteBuf) message;
        rest = rest == null ? in : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), rest, in);
        while (rest != null && step(rest)) {}
        if (rest != null && !rest.isReadable()) {
            rest.release();
            rest = null;
        }
    }

    /** Takes the next piece of an answer, or says that more has to arrive first. */
    private boolean step(ByteBuf in) {
        if (!inBody) {
            return takeHead(in);
        }
        if (chunked && bodyLeft == 0) {
            return takeChunkHead(in);
        }
        return takeBody(in);
    }

    private boolean takeHead(ByteBuf in) {
        int length = endOfHead(in);
        if (length < 0) {
            return false;
        }
        if (length > HEAD_LIMIT) {
            throw new IllegalStateException("header of " + length + " bytes");
        }
        head = head.length < length ? new byte[length] : head;
        in.readBytes(head, 0, length);
        status = (head[9] - '0') * 100 + (head[10] - '0') * 10 + head[11] - '0';
        chunked = find(CHUNKED, length) > 0;
        bodyLeft = chunked ? 0 : contentLength(length);
        lastChunk = false;
        body.clear();
        inBody = true;
        return chunked || bodyLeft > 0 || finish();
    }

    private static int endOfHead(ByteBuf in) {
        int start = in.readerIndex();
        for (int i = newline(in, start); i >= 0; i = newline(in, i + 1)) {
            if (i - start >= 2 && in.getByte(i - 1) == '\r' && in.getByte(i - 2) == '\n') {
                return i + 1 - start;
            }
        }
        return -1;
    }

    private static int newline(ByteBuf in, int from) {
        return in.indexOf(from, in.writerIndex(), (byte) '\n');
    }

    private boolean takeChunkHead(ByteBuf in) {
        int end = newline(in, in.readerIndex());
        if (end < 0) {
            return false;
        }
        var line = in.readCharSequence(end + 1 - in.readerIndex(), StandardCharsets.US_ASCII)
                .toString()
                .strip();
        if (line.isEmpty()) {
            return lastChunk ? finish() : true;
        }
        bodyLeft = Long.parseLong(line.split(";")[0], 16);
        lastChunk = bodyLeft == 0;
        return true;
    }

    private boolean takeBody(ByteBuf in) {
        int count = (int) Math.min(bodyLeft, in.readableBytes());
        if (count == 0) {
            return false;
        }
        var piece = new byte[count];
        in.readBytes(piece);
        body.append(piece, 0, count);
        bodyLeft -= count;
        return bodyLeft > 0 || chunked || finish();
    }

    private boolean finish() {
        inBody = false;
        waiting = false;
        user.answered(this, status, body.array, body.length);
        return true;
    }

    private long contentLength(int length) {
        int at = find(LENGTH, length);
        long value = 0;
        for (int i = at + LENGTH.length; at > 0 && i < length && head[i] != '\r'; i++) {
            value = head[i] == ' ' ? value : value * 10 + head[i] - '0';
        }
        return value;
    }

    /** Finds lower-case words in the head whatever its case, -1 when they are not there. */
    private int find(byte[] words, int length) {
        for (int i = 0; i <= length - words.length; i++) {
            int k = 0;
            while (k < words.length && (head[i + k] | (words[k] >= 'a' ? 0x20 : 0)) == words[k]) {
                k++;
            }
            if (k == words.length) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (rest != null) {
            rest.release();
            rest = null;
        }
        inBody = false;
        if (waiting) {
            waiting = false;
            user.answered(this, 0, body.array, 0);
        }
        if (!closing) {
            open();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
