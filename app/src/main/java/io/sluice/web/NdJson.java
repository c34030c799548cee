package io.sluice.web;

import io.sluice.shared.Problem;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;

/** Lines of a streamed body, one after the other, none longer than allowed; blank ones are left out. */
public final class NdJson {

    private NdJson() {}

    public static Flux<byte[]> lines(Flux<DataBuffer> body, int longest) {
        return Flux.defer(() -> {
            var splitter = new Splitter(longest);
            return body.concatMapIterable(splitter::split, 1)
                    .concatWith(Flux.defer(() -> Flux.fromIterable(splitter.rest())));
        });
    }

    public static byte[] line(String json) {
        return (json + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private static final class Splitter {

        private final int longest;
        private final ByteArrayOutputStream open = new ByteArrayOutputStream();

        Splitter(int longest) {
            this.longest = longest;
        }

        List<byte[]> split(DataBuffer buffer) {
            List<byte[]> lines = new ArrayList<>();
            byte[] bytes = new byte[buffer.readableByteCount()];
            buffer.read(bytes);
            DataBufferUtils.release(buffer);
            int from = 0;
            for (int i = 0; i < bytes.length; i++) {
                if (bytes[i] == '\n') {
                    open.write(bytes, from, i - from);
                    take(lines);
                    from = i + 1;
                }
            }
            open.write(bytes, from, bytes.length - from);
            if (open.size() > longest) {
                throw new Problem.TooLarge("line-too-large", "a line takes at most " + longest + " bytes");
            }
            return lines;
        }

        List<byte[]> rest() {
            List<byte[]> lines = new ArrayList<>();
            take(lines);
            return lines;
        }

        private void take(List<byte[]> lines) {
            if (open.size() > longest) {
                throw new Problem.TooLarge("line-too-large", "a line takes at most " + longest + " bytes");
            }
            byte[] line = open.toByteArray();
            open.reset();
            if (!new String(line, java.nio.charset.StandardCharsets.UTF_8).isBlank()) {
                lines.add(line);
            }
        }
    }
}
