package io.sluice.imports.web;

import io.sluice.imports.Import;
import io.sluice.imports.Imports;
import io.sluice.imports.postgres.ImportsConfiguration;
import io.sluice.shared.Problem;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Takes a file in as it comes: unpacked, in pieces of 256 KiB, its digest made on the way. */
@Component
final class Upload {

    private static final int PIECE = 256 * 1024;

    /** What is unpacked at once: it may become a thousand times as much. */
    private static final int PORTION = 8 * 1024;

    private static final int BUFFERS_AHEAD = 16;

    private final Imports imports;
    private final Scheduler threads;
    private final DataSize largest;

    /** @param largest an unpacked file; what comes is counted, since nobody can be trusted to tell it beforehand */
    Upload(
            Imports imports,
            @Qualifier(ImportsConfiguration.THREADS) Scheduler threads,
            @Value("${sluice.imports.largest-file:1GB}") DataSize largest) {
        this.imports = imports;
        this.threads = threads;
        this.largest = largest;
    }

    /** A file that is there. */
    record Received(String sha256, long bytes) {}

    /** What is broken off leaves nothing behind. */
    Mono<Received> receive(Import upload, Flux<DataBuffer> body) {
        return Mono.usingWhen(
                imports.open(upload).thenReturn(upload.id()),
                id -> pieces(id, body),
                _ -> Mono.empty(),
                (id, _) -> imports.discard(id),
                imports::discard);
    }

    /** Unpacking and digesting may take longer than an event loop should be held. */
    private Mono<Received> pieces(UUID id, Flux<DataBuffer> body) {
        return Mono.using(
                () -> new Cutter(largest),
                cutter -> body.map(Upload::drained)
                        .publishOn(threads, BUFFERS_AHEAD)
                        .concatMapIterable(Upload::portions, 1)
                        .concatMapIterable(cutter::cut, 1)
                        .concatWith(Flux.defer(() -> Flux.fromIterable(cutter.rest())))
                        .index()
                        .concatMap(piece -> imports.keep(id, Math.toIntExact(piece.getT1()), piece.getT2()), 1)
                        .then(Mono.fromSupplier(cutter::received)),
                Cutter::close);
    }

    private static byte[] drained(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }

    private static List<byte[]> portions(byte[] bytes) {
        List<byte[]> portions = new ArrayList<>();
        for (int from = 0; from < bytes.length; from += PORTION) {
            portions.add(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + PORTION)));
        }
        return portions;
    }

    /** Cuts what comes in into pieces of one size. Gzip is known by its first two bytes, whatever the headers say. */
    private static final class Cutter {

        private final DataSize largest;
        private final MessageDigest digest = sha256();
        private final Gunzip gunzip = new Gunzip();
        private final byte[] first = new byte[2];
        private int seen;
        private @Nullable Boolean packed;
        private byte[] open = new byte[PIECE];
        private int length;
        private long bytes;

        Cutter(DataSize largest) {
            this.largest = largest;
        }

        List<byte[]> cut(byte[] raw) {
            List<byte[]> pieces = new ArrayList<>();
            if (packed != null) {
                unpack(raw, pieces);
                return pieces;
            }
            byte[] known = Arrays.copyOf(first, seen + raw.length);
            System.arraycopy(first, 0, known, 0, seen);
            System.arraycopy(raw, 0, known, seen, raw.length);
            if (known.length < 2) {
                seen = known.length;
                System.arraycopy(known, 0, first, 0, seen);
                return pieces;
            }
            packed = (known[0] & 0xFF) == 0x1f && (known[1] & 0xFF) == 0x8b;
            unpack(known, pieces);
            return pieces;
        }

        private void unpack(byte[] raw, List<byte[]> pieces) {
            if (Boolean.TRUE.equals(packed)) {
                gunzip.feed(raw, portion -> add(portion, pieces));
            } else {
                add(raw, pieces);
            }
        }

        private void add(byte[] portion, List<byte[]> pieces) {
            bytes += portion.length;
            if (bytes > largest.toBytes()) {
                throw new Problem.TooLarge(
                        "file-too-large", "a file takes at most " + largest.toMegabytes() + " MiB, unpacked");
            }
            digest.update(portion);
            int from = 0;
            while (from < portion.length) {
                int count = Math.min(PIECE - length, portion.length - from);
                System.arraycopy(portion, from, open, length, count);
                from += count;
                length += count;
                if (length == PIECE) {
                    pieces.add(open);
                    open = new byte[PIECE];
                    length = 0;
                }
            }
        }

        List<byte[]> rest() {
            List<byte[]> pieces = new ArrayList<>();
            if (packed == null) {
                add(Arrays.copyOf(first, seen), pieces);
            } else if (packed) {
                gunzip.end();
            }
            if (length > 0) {
                pieces.add(Arrays.copyOf(open, length));
                length = 0;
            }
            return pieces;
        }

        Received received() {
            return new Received(HexFormat.of().formatHex(digest.digest()), bytes);
        }

        void close() {
            gunzip.close();
        }

        private static MessageDigest sha256() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }
    }
}
