package dev.assay.training;

/**
 * The suite's counter-based generator, which {@code native/random.cuh} and {@code native/format.cuh} compute bit for bit
 * too: a value depends on seed and index alone. It is restated here because {@code training} knows no other package; a test
 * holds it against the device's.
 */
final class SeededDraw {
    /** Inverse standard deviation of a sum of 8 uniform bytes, over 2²⁴. */
    private static final double NORMAL_SCALE = 1 / Math.sqrt(8 * (256.0 * 256 - 1) / 12) * 0x1p-24;

    private SeededDraw() {}

    /** SplitMix64's output function of seed + (index + 1) · golden gamma. */
    static long hash(long seed, long index) {
        long z = seed + (index + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /**
     * Nearly standard normal (Irwin–Hall of 8, within ±4.9): the sum of the hash's bytes with a fraction of 24 bits, an
     * integer, times a constant. One rounding.
     */
    static double normal(long seed, long index) {
        long bits = hash(seed, index);
        long sum = -1020;
        for (int i = 0; i < 8; i++) {
            sum += (bits >>> (8 * i)) & 0xFF;
        }
        long fraction = (hash(~seed, index) >>> 40) - (1L << 23);
        return ((sum << 24) + fraction) * NORMAL_SCALE;
    }

    /** An integer in [0, bound); uniform up to a bias of bound / 2³¹. */
    static int below(int bound, long seed, long index) {
        return (int) ((hash(seed, index) >>> 33) % bound);
    }

    /** The nearest bf16 number, ties to even; for finite values. */
    static float bf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        return Float.intBitsToFloat((bits + 0x7FFF + ((bits >>> 16) & 1)) & 0xFFFF0000);
    }
}
