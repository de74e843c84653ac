package dev.assay.device;

/**
 * The 64-bit digest of memory, equal on all devices for equal bytes: the sum, modulo 2⁶⁴, of {@code Counter.hash(word, i)}
 * over the little-endian 8-byte words, the last one padded with zeros, plus {@code Counter.hash(length, -1)}, so that padding
 * and trailing zeros differ. Each term depends on the word and its index, the sum on no order: a GPU may add in parallel.
 * {@code native/checksum.cu} is the same arithmetic. Against accidents, not against an adversary.
 */
public final class Checksum {
    private Checksum() {}

    public static long of(byte[] bytes) {
        return of(bytes, bytes.length);
    }

    /** Of the first {@code length} bytes. */
    public static long of(byte[] bytes, long length) {
        if (length < 0 || length > bytes.length) {
            throw new IllegalArgumentException("checksum length must be 0.." + bytes.length + ", got " + length);
        }
        long sum = Counter.hash(length, -1);
        long words = (length + 7) / 8;
        for (long i = 0; i < words; i++) {
            sum += Counter.hash(word(bytes, (int) (8 * i), (int) length), i);
        }
        return sum;
    }

    private static long word(byte[] bytes, int from, int length) {
        long word = 0;
        for (int i = 0; i < 8 && from + i < length; i++) {
            word |= (bytes[from + i] & 0xFFL) << (8 * i);
        }
        return word;
    }
}
