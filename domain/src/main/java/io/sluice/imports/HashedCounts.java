package io.sluice.imports;

/**
 * Counts by name in 12 bytes each: names are told apart by 64 bits of hash, so that a million of them collide with a
 * probability of 3 in 100 million.
 */
final class HashedCounts {

    private long[] hashes = new long[1024];
    private int[] counts = new int[1024];
    private int size;

    int size() {
        return size;
    }

    /** The count of the name after it went up by one. */
    int increment(String name) {
        int slot = slotOf(name);
        return ++counts[slot];
    }

    /** Marks the number under the name; false when it was marked already. 32 neighbours share the room of a count. */
    boolean mark(String name, int number) {
        int slot = slotOf(name + (number >>> 5));
        int bit = 1 << (number & 31);
        boolean fresh = (counts[slot] & bit) == 0;
        counts[slot] |= bit;
        return fresh;
    }

    private int slotOf(String name) {
        if (size * 2 >= hashes.length) {
            grow();
        }
        long hash = hash(name);
        int slot = find(hash);
        if (hashes[slot] == 0) {
            hashes[slot] = hash;
            size++;
        }
        return slot;
    }

    private int find(long hash) {
        int mask = hashes.length - 1;
        int slot = (int) (hash ^ hash >>> 32) & mask;
        while (hashes[slot] != 0 && hashes[slot] != hash) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        long[] before = hashes;
        int[] countsBefore = counts;
        hashes = new long[before.length * 2];
        counts = new int[before.length * 2];
        for (int i = 0; i < before.length; i++) {
            if (before[i] != 0) {
                int slot = find(before[i]);
                hashes[slot] = before[i];
                counts[slot] = countsBefore[i];
            }
        }
    }

    /** FNV-1a, then the finalizer of MurmurHash3; never 0. */
    private static long hash(String name) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
        hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
        hash ^= hash >>> 33;
        return hash == 0 ? 1 : hash;
    }
}
