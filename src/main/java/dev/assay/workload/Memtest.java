package dev.assay.workload;

/**
 * Every GPU's free memory, written and read back in patterns.
 *
 * @param mostBytes never more than this, however much is free; a multiple of 16
 * @param chunkBytes of one allocation; a multiple of 16
 * @param walkingSteps how often the walking bit moves on, a divisor of 64: 64 is every place
 * @param passes over all patterns
 */
public record Memtest(long mostBytes, long chunkBytes, int walkingSteps, int passes) implements Workload {
    /** Of the free memory; the rest is left to the driver, which loads code and grows stacks behind our back. */
    public static final double SHARE = 0.98;

    /** A step writes once, reads and writes twice, and reads once. */
    private static final int TRAVERSALS = 6;

    /** Reads of a step. */
    private static final int CHECKS = 3;

    private static final int VECTOR_BYTES = 16;
    private static final int WORD_BITS = 64;

    public Memtest {
        if (mostBytes <= 0 || mostBytes % VECTOR_BYTES != 0 || chunkBytes <= 0 || chunkBytes % VECTOR_BYTES != 0) {
            throw new IllegalArgumentException("memtest must have mostBytes, chunkBytes > 0 in multiples of "
                    + VECTOR_BYTES + ", got " + mostBytes + ", " + chunkBytes);
        }
        if (walkingSteps <= 0 || WORD_BITS % walkingSteps != 0 || passes <= 0) {
            throw new IllegalArgumentException("memtest must have walkingSteps that divide " + WORD_BITS
                    + " and passes > 0, got " + walkingSteps + ", " + passes);
        }
    }

    @Override
    public String key() {
        return "memtest";
    }

    @Override
    public String words() {
        return "walking bits in " + walkingSteps
                + " steps, moving inversions, address in address and random words over "
                + Math.round(100 * SHARE) + " % of every GPU's free memory, at most " + size()
                + ", each read back as written and inverted, " + (passes == 1 ? "once" : passes + " times");
    }

    private String size() {
        return mostBytes >= 1 << 20 ? (mostBytes >> 20) + " MiB" : (mostBytes >> 10) + " KiB";
    }

    /** How many bytes to test where so many are free. */
    public long goal(long freeBytes) {
        return Math.min(mostBytes, (long) (SHARE * freeBytes) / VECTOR_BYTES * VECTOR_BYTES);
    }

    /** Steps of one pattern in one pass. */
    public int steps(MemtestPattern pattern) {
        return switch (pattern) {
            case WALKING_BITS -> walkingSteps;
            case MOVING_INVERSIONS -> 4;
            case ADDRESS_IN_ADDRESS, RANDOM -> 1;
        };
    }

    /** Bytes that one step over a region reads and writes. */
    public static double moved(long bytes) {
        return (double) TRAVERSALS * bytes;
    }

    /** 64-bit words that one step over a region compares. */
    public static long compared(long bytes) {
        return CHECKS * bytes / Long.BYTES;
    }

    /** Bytes that the whole test of a region reads and writes. */
    public double movedInAll(long bytes) {
        double steps = 0;
        for (MemtestPattern pattern : MemtestPattern.values()) {
            steps += steps(pattern);
        }
        return passes * steps * moved(bytes);
    }
}
