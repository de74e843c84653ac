package dev.assay.device;

/**
 * The counter-based generator behind every fill: a value depends on seed and index alone, so any element can be recomputed
 * anywhere. {@code native/random.cuh} and {@code native/format.cuh} are the same arithmetic, bit for bit.
 *
 * <p>bf16 normals must be equal on host and device although sinf and logf are not, so a normal is the sum of 8 bytes of the
 * hash, an integer, scaled by a power of two times a constant: Irwin–Hall with n = 8, mean 0, variance 1, tails to ±4.9. Every
 * step is exact or a single IEEE rounding.
 */
public final class Counter {
    /** 1 / sqrt(8 · (256² − 1) / 12): the standard deviation of a sum of 8 uniform bytes, inverted. */
    public static final float NORMAL_SCALE = (float) (1 / Math.sqrt(8 * (256.0 * 256 - 1) / 12));

    /** The same in double precision over 2²⁴, for sums with a fraction of 24 bits. */
    public static final double FINE_NORMAL_SCALE = 1 / Math.sqrt(8 * (256.0 * 256 - 1) / 12) * 0x1p-24;

    private Counter() {}

    /** SplitMix64's output function of seed + (index + 1) · golden gamma. */
    public static long hash(long seed, long index) {
        long z = seed + (index + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** Standard normal, rounded to nearest even bf16; the 16 bits. */
    public static short bf16Normal(long seed, long index) {
        return Bf16.of(normal(seed, index));
    }

    /** Standard normal before it is rounded to a narrow type; one of 2041 values. */
    public static float normal(long seed, long index) {
        return sumOfBytes(seed, index) * NORMAL_SCALE;
    }

    /** Standard normal with random bits to the end of an fp32's mantissa: the sum of bytes has a fraction of 24 bits. */
    public static double fineNormal(long seed, long index) {
        long fraction = (hash(~seed, index) >>> 40) - (1L << 23);
        return (((long) sumOfBytes(seed, index) << 24) + fraction) * FINE_NORMAL_SCALE;
    }

    /** {@link #fineNormal} rounded to fp32, and that to the 10 bits of mantissa of tf32, ties to even. */
    public static float tf32Normal(long seed, long index) {
        int bits = Float.floatToRawIntBits((float) fineNormal(seed, index));
        return Float.intBitsToFloat((bits + 0xFFF + ((bits >>> 13) & 1)) & ~0x1FFF);
    }

    /** Uniform in −127..127. */
    public static byte int8Uniform(long seed, long index) {
        return (byte) ((hash(seed, index) >>> 33) % 255 - 127);
    }

    private static int sumOfBytes(long seed, long index) {
        long bits = hash(seed, index);
        int sum = -1020;
        for (int i = 0; i < 8; i++) {
            sum += (int) (bits >>> (8 * i)) & 0xFF;
        }
        return sum;
    }

    /**
     * Integer "gradient" of one rank: up to 128 ranks uniform in [−q, q], q = max(1, 128 / ranks); beyond, a rank takes part in
     * 128 of {@code ranks} elements with ±1. Any partial sum stays within ±256 (beyond 128 ranks: at 22 standard deviations),
     * where bf16 integers are exact, so the sum does not depend on the order.
     */
    public static int gradient(long seed, long index, int rank, int ranks) {
        long bits = hash(seed ^ hash(0x6772616469656E74L, rank), index);
        int high = (int) (bits >>> 33);
        if (ranks <= 128) {
            int q = Math.max(1, 128 / ranks);
            return high % (2 * q + 1) - q;
        }
        return high % ranks < 128 ? (int) (bits & 1) * 2 - 1 : 0;
    }

    /** ±1 for Freivalds' vectors. */
    public static int sign(long seed, long index) {
        return (hash(seed, index) & 1) == 0 ? 1 : -1;
    }
}
