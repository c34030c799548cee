package io.sluice.load;

import java.util.Arrays;

/** Bytes put together from pieces. */
final class Bytes {

    byte[] array = new byte[256];
    int length;

    void append(byte[] from, int start, int count) {
        if (length + count > array.length) {
            array = Arrays.copyOf(array, Math.max(length + count, array.length * 2));
        }
        System.arraycopy(from, start, array, length, count);
        length += count;
    }

    boolean isEmpty() {
        return length == 0;
    }

    void clear() {
        length = 0;
    }
}
