package dev.assay.device;

/**
 * The counter-based generator behind every fill: a value depends on seed and index alone, so any element can be recomputed
 * anywhere. {@code native/random.cuh} is the same arithmetic, bit for bit for {@link #hash}, {@link #bf16Normal} and
 * {@link #gradient}.
 *
 * <p>bf16 normals must be equal on host and device although sinf and logf are not, so a normal is the sum of 8 bytes of the
 * hash, an integer, scaled by a power of two times a constant: Irwin–Hall with n = 8, mean 0, variance 1, tails to ±4.9. Every
 * step is exact or a single IEEE rounding.
 */
public final class Counter {
    /** 1 / sqrt(8 · (256² − 1) / 12): the standard deviation of a sum of 8 uniform bytes, inverted. */
    public static final float NORMAL_SCALE = (float) (1 / Math.sqrt(8 * (256.0 * 256 - 1) / 12));

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
        long bits = hash(seed, index);
        int sum = 0;
        for (int i = 0; i < 8; i++) {
            sum += (int) (bits >>> (8 * i)) & 0xFF;
        }
        return Bf16.of((sum - 1020) * NORMAL_SCALE);
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
