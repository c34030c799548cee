package io.sluice.cache;

import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** A value's written form. Reading what was written gives an equal value of the same types. */
public interface Codec<T> {

    Codec<String> TEXT =
            of(text -> text.getBytes(StandardCharsets.UTF_8), bytes -> new String(bytes, StandardCharsets.UTF_8));

    byte[] encode(T value);

    /** Any exception means that the bytes are no value: the entry is dropped and loaded again. */
    T decode(byte[] bytes);

    static <T> Codec<T> of(Function<T, byte[]> encode, Function<byte[], T> decode) {
        return new Codec<>() {
            @Override
            public byte[] encode(T value) {
                return encode.apply(value);
            }

            @Override
            public T decode(byte[] bytes) {
                return decode.apply(bytes);
            }
        };
    }
}
