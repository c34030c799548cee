package io.sluice.load;

import java.util.Arrays;

/** A set of log positions near each other, one bit each. */
final class Positions {

    private static final long SLACK = 1024;

    private long[] words = new long[16];
    private long base = -1;
    private long size;

    /** Says whether the position is new; one far below the first ever added counts as known. */
    boolean add(long position) {
        if (base < 0) {
            base = Math.max(0, position - SLACK) & -Long.SIZE;
        }
        if (position < base) {
            return false;
        }
        int word = Math.toIntExact((position - base) / Long.SIZE);
        if (word >= words.length) {
            words = Arrays.copyOf(words, Math.max(word + 1, words.length * 2));
        }
        long bit = 1L << position;
        boolean fresh = (words[word] & bit) == 0;
        words[word] |= bit;
        size += fresh ? 1 : 0;
        return fresh;
    }

    boolean contains(long position) {
        long word = (position - base) / Long.SIZE;
        return base >= 0 && position >= base && word < words.length && (words[(int) word] & 1L << position) != 0;
    }

    long size() {
        return size;
    }

    void clear() {
        Arrays.fill(words, 0);
        base = -1;
        size = 0;
    }
}
